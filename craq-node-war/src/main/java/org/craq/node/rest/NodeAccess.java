package org.craq.node.rest;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.ext.Provider;
import org.craq.node.runtime.RunningNode;
import org.craq.server.access.Access;
import org.craq.server.access.AccessFilter;

/** Asks for each REST request to the node whether the caller may make it. */
@Provider
@ApplicationScoped
public class NodeAccess extends AccessFilter {
    @Inject
    private RunningNode running;

    @Override
    protected Access access() {
        return running.http().access();
    }
}
