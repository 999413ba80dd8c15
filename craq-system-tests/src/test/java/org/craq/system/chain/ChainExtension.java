package org.craq.system.chain;

import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Provides tests with the shared {@link TestChain} or {@link FaultyChain}. Each is started for the first test that
 * needs it, and stopped after the last test of all classes.
 */
final class ChainExtension implements ParameterResolver {
    private static final Map<Class<?>, Supplier<Object>> CHAINS =
            Map.of(TestChain.class, TestChain::start, FaultyChain.class, FaultyChain::start);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return CHAINS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // The root store closes its values when all tests of this virtual machine have ended, whether they failed or
        // not.
        return context.getRoot()
                .getStore(Namespace.create(ChainExtension.class))
                .getOrComputeIfAbsent(parameter.getParameter().getType(), type -> CHAINS.get(type)
                        .get());
    }
}
