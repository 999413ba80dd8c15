package org.craq.server;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.UUID;
import org.craq.wire.ErrorCode;

/**
 * Converts all other failures. Refusals by JAX-RS itself keep their status. The rest are internal errors: they are
 * logged with an instance id, and their details are not disclosed.
 */
@Provider
public class UnexpectedExceptionMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = System.getLogger(UnexpectedExceptionMapper.class.getName());

    @Override
    public Response toResponse(Throwable failure) {
        UUID instance = UUID.randomUUID();
        if (failure instanceof WebApplicationException refusal
                && refusal.getResponse().getStatusInfo().getFamily() != Response.Status.Family.SERVER_ERROR) {
            return refused(refusal.getResponse(), instance);
        }
        LOG.log(Level.ERROR, "instance " + instance + ": a request failed", failure);
        int status = ErrorCode.INTERNAL.http();
        return ProblemResponses.of(Problem.of(ErrorCode.INTERNAL, status, "internal error", instance));
    }

    private static Response refused(Response refusal, UUID instance) {
        if (refusal.getStatusInfo().getFamily() != Response.Status.Family.CLIENT_ERROR) {
            return refusal;
        }
        Response.ResponseBuilder answer =
                Response.fromResponse(ProblemResponses.of(Problem.ofStatus(refusal.getStatus(), instance)));
        // A 405 must list the allowed methods (RFC 9110).
        if (refusal.getHeaderString(HttpHeaders.ALLOW) != null) {
            answer.header(HttpHeaders.ALLOW, refusal.getHeaderString(HttpHeaders.ALLOW));
        }
        return answer.build();
    }
}
