package org.craq.server;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.craq.wire.ErrorCode;

/** Creates responses from problems. */
final class ProblemResponses {
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int PAUSE_SECONDS = 1;

    /** What proves who a caller is (RFC 9110 section 11.6.1). */
    static final String CHALLENGE = "Bearer realm=\"craq\", Basic realm=\"craq\", charset=\"UTF-8\"";

    private ProblemResponses() {}

    static Response of(Problem problem) {
        Response.ResponseBuilder answer =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        if (problem.status() == SERVICE_UNAVAILABLE) {
            answer.header(HttpHeaders.RETRY_AFTER, PAUSE_SECONDS);
        }
        if (problem.status() == ErrorCode.UNAUTHENTICATED.http()) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
        }
        return answer.build();
    }
}
