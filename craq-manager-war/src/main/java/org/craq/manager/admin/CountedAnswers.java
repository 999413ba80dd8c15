package org.craq.manager.admin;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import org.craq.server.AnswerCounts;
import org.craq.server.audit.AuditedRequests;

/** Counts the answers of the REST interface, and tells the audit trail of them. */
@Provider
@ApplicationScoped
public class CountedAnswers implements ContainerResponseFilter {
    @Inject
    private AnswerCounts counts;

    @Inject
    private AuditedRequests audited;

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext answer) {
        counts.answered(request, answer);
        audited.answered(request, answer);
    }
}
