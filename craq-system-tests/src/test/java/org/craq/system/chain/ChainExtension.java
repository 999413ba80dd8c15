package org.craq.system.chain;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one {@link TestChain}: started for the first test that wants it, ended after the last of all classes. */
final class ChainExtension implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestChain.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // The root's store closes what is in it when all tests of this virtual machine have ended, failed or not.
        return context.getRoot()
                .getStore(Namespace.create(ChainExtension.class))
                .getOrComputeIfAbsent(TestChain.class, type -> TestChain.start(), TestChain.class);
    }
}
