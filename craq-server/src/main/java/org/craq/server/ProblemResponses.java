package org.craq.server;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** Creates responses from problems. */
final class ProblemResponses {
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int PAUSE_SECONDS = 1;

    private ProblemResponses() {}

    static Response of(Problem problem) {
        Response.ResponseBuilder answer =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        if (problem.status() == SERVICE_UNAVAILABLE) {
            answer.header(HttpHeaders.RETRY_AFTER, PAUSE_SECONDS);
        }
        return answer.build();
    }
}
