package org.craq.manager.admin;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import org.craq.server.AnswerCounts;

/** Counts the answers of the REST interface. */
@Provider
@ApplicationScoped
public class CountedAnswers implements ContainerResponseFilter {
    @Inject
    private AnswerCounts counts;

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext answer) {
        counts.answered(request, answer);
    }
}
