package org.craq.system.container;

import org.jboss.arquillian.container.spi.Container;
import org.jboss.arquillian.container.spi.ContainerRegistry;
import org.jboss.arquillian.core.api.annotation.Observes;
import org.jboss.arquillian.core.spi.LoadableExtension;
import org.jboss.arquillian.test.spi.event.suite.AfterSuite;

/** Prepares the {@link NodeServer} before Arquillian starts the application server, and cleans up after it has stopped. */
public final class NodeServerExtension implements LoadableExtension {
    @Override
    public void register(ExtensionBuilder builder) {
        builder.observer(SharedParts.class);
    }

    /** Created by Arquillian. */
    public static final class SharedParts {
        /** Called before any container is set up. */
        public void prepare(@Observes ContainerRegistry registry) {
            NodeServer.prepare();
            for (Container<?> container : registry.getContainers()) {
                container
                        .getContainerConfiguration()
                        .overrideProperty(
                                "jbossHome", NodeServer.INSTALLATION.wildfly().toString())
                        .overrideProperty("javaVmArguments", NodeServer.options())
                        .overrideProperty("managementPort", Integer.toString(NodeServer.managementPort()));
            }
        }

        /** Called after the observers that stop the containers on the same event. */
        public void cleanUp(@Observes(precedence = -100) AfterSuite event) {
            NodeServer.cleanUp();
        }
    }
}
