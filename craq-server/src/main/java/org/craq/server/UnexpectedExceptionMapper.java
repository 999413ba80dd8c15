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
 * Everything else: what JAX-RS itself refuses keeps its status, the rest is our fault, is logged with its instance id, and
 * nothing of it leaves.
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
        // RFC 9110: a 405 says what is allowed.
        if (refusal.getHeaderString(HttpHeaders.ALLOW) != null) {
            answer.header(HttpHeaders.ALLOW, refusal.getHeaderString(HttpHeaders.ALLOW));
        }
        return answer.build();
    }
}
