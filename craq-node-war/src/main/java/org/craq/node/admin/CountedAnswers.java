package org.craq.node.admin;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import org.craq.node.runtime.RunningNode;

/** Counts the responses of the REST interface, and tells the audit trail of them. */
@Provider
@ApplicationScoped
public class CountedAnswers implements ContainerResponseFilter {
    @Inject
    private RunningNode running;

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext answer) {
        RunningNode.HttpParts parts = running.http();
        parts.answers().answered(request, answer);
        parts.audited().answered(request, answer);
    }
}
