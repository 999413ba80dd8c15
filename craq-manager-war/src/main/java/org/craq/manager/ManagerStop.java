package org.craq.manager;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/**
 * Stops the manager at the beginning of its undeployment. A server may close the deployment's class loader before it
 * destroys the beans; classes that a later stop needs could then no longer be loaded, and ports would stay open.
 */
@WebListener
public class ManagerStop implements ServletContextListener {
    @Inject
    private ManagerWiring wiring;

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        wiring.stop();
    }
}
