package org.craq.server;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Creates responses from problems. */
final class ProblemResponses {
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final long PAUSE_SECONDS = 1;
    private static final Duration ALMOST_A_SECOND = Duration.ofNanos(999_999_999);

    /** What proves who a caller is (RFC 9110 section 11.6.1). */
    static final String CHALLENGE = "Bearer realm=\"craq\", Basic realm=\"craq\", charset=\"UTF-8\"";

    private ProblemResponses() {}

    static Response of(CraqException failure, UUID instance) {
        Response.ResponseBuilder answer = builder(Problem.of(failure, instance));
        pauseSeconds(failure).ifPresent(pause -> answer.header(HttpHeaders.RETRY_AFTER, pause));
        return answer.build();
    }

    static Response of(Problem problem) {
        return builder(problem).build();
    }

    private static Response.ResponseBuilder builder(Problem problem) {
        Response.ResponseBuilder answer =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        if (problem.status() == ErrorCode.UNAUTHENTICATED.http()) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
        }
        return answer;
    }

    /** Returns after how many seconds a request may be repeated, if the answer is to say so. */
    static OptionalLong pauseSeconds(CraqException failure) {
        if (failure.retryAfter().isPresent()) {
            return OptionalLong.of(
                    failure.retryAfter().get().plus(ALMOST_A_SECOND).toSeconds());
        }
        return failure.code().http() == SERVICE_UNAVAILABLE ? OptionalLong.of(PAUSE_SECONDS) : OptionalLong.empty();
    }
}
