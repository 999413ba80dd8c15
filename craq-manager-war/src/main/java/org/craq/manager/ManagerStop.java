package org.craq.manager;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/**
 * Stops the manager at the beginning of its undeployment. A server may close the deployment's class loader before it
 * destroys the beans; what a stop still has to load would be missing then, and ports would stay open.
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
