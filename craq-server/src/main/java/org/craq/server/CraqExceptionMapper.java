package org.craq.server;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.UUID;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Converts failures with an error code to problems. */
@Provider
public class CraqExceptionMapper implements ExceptionMapper<CraqException> {
    private static final Logger LOG = System.getLogger(CraqExceptionMapper.class.getName());

    @Override
    public Response toResponse(CraqException failure) {
        UUID instance = UUID.randomUUID();
        Level level = failure.code() == ErrorCode.INTERNAL ? Level.ERROR : Level.DEBUG;
        LOG.log(level, "instance " + instance + ": " + failure.code(), failure);
        return ProblemResponses.of(failure, instance);
    }
}
