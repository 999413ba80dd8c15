package org.craq.manager.admin;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.ext.Provider;
import org.craq.server.access.Access;
import org.craq.server.access.AccessFilter;

/** Asks for each REST request to the manager whether the caller may make it. */
@Provider
@ApplicationScoped
public class ManagerAccess extends AccessFilter {
    @Inject
    private Access access;

    @Override
    protected Access access() {
        return access;
    }
}
