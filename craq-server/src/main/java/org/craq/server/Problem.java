package org.craq.server;

import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.UUID;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * An error in an HTTP response: an RFC 9457 problem with the code and its advice.
 *
 * @param type urn:craq:error: and the name of the code
 * @param instance identifies this failure; the log has the same id
 */
public record Problem(
        String type, String title, int status, String detail, String instance, String code, String advice) {
    public static final String MEDIA_TYPE = "application/problem+json";

    public static Problem of(CraqException failure, UUID instance) {
        return of(failure.code(), failure.code().http(), failure.getMessage(), instance);
    }

    /** Creates the problem for a bare HTTP status. */
    static Problem ofStatus(int status, UUID instance) {
        Response.Status known = Response.Status.fromStatusCode(status);
        String words = known == null ? "the server refused the request" : known.getReasonPhrase();
        if (Response.Status.Family.familyOf(status) == Response.Status.Family.SERVER_ERROR) {
            return of(ErrorCode.INTERNAL, status, "internal error", instance);
        }
        return status == ErrorCode.NOT_FOUND.http()
                ? of(ErrorCode.NOT_FOUND, status, "nothing is served under this path", instance)
                : of(ErrorCode.INVALID_ARGUMENT, status, words, instance);
    }

    /**
     * Creates a problem whose status differs from that of its code.
     *
     * @param status where HTTP is more specific than the code, such as 405
     */
    public static Problem of(ErrorCode code, int status, String detail, UUID instance) {
        String words = code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new Problem(
                "urn:craq:error:" + code.name(),
                words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1),
                status,
                detail,
                "urn:uuid:" + instance,
                code.name(),
                code.advice().text());
    }
}
