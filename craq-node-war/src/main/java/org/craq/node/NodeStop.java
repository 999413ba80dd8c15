package org.craq.node;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/**
 * Stops the node at the beginning of its undeployment. A server may close the deployment's class loader before it destroys the beans;
 * a stop at that time could not load the classes that it still needs, and would leave ports and files open.
 */
@WebListener
public class NodeStop implements ServletContextListener {
    @Inject
    private NodeWiring wiring;

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        wiring.stop();
    }
}
