package org.craq.server;

import jakarta.json.Json;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Problems outside JAX-RS: for paths that no resource serves, and for requests that the server itself refuses. They
 * have the same format as all errors.
 */
public final class ProblemPage {
    private static final Logger LOG = System.getLogger(ProblemPage.class.getName());
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;

    private ProblemPage() {}

    /** Answers a request that no other servlet serves, or an error for which the server calls this servlet. */
    public static void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean error = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer;
        int status = error ? (Integer) request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) : NOT_FOUND;
        UUID instance = UUID.randomUUID();
        if (request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Throwable failure) {
            LOG.log(Level.ERROR, "instance " + instance + ": a request failed", failure);
        } else {
            LOG.log(Level.DEBUG, "instance {0}: the server answers {1}", instance, status);
        }
        if (status == METHOD_NOT_ALLOWED && !response.containsHeader("Allow")) {
            // JAX-RS sets this header itself; all other pages are read-only.
            response.setHeader("Allow", "GET, HEAD, OPTIONS");
        }
        answer(Problem.ofStatus(status, instance), response);
    }

    /** Answers with a refusal; returns its instance id. */
    public static UUID answer(CraqException refusal, HttpServletResponse response) throws IOException {
        UUID instance = UUID.randomUUID();
        LOG.log(Level.DEBUG, "instance " + instance + ": " + refusal.code(), refusal);
        ProblemResponses.pauseSeconds(refusal)
                .ifPresent(pause -> response.setHeader("Retry-After", Long.toString(pause)));
        answer(Problem.of(refusal, instance), response);
        return instance;
    }

    /** Answers with a problem. */
    static void answer(Problem problem, HttpServletResponse response) throws IOException {
        byte[] text = Json.createObjectBuilder()
                .add("type", problem.type())
                .add("title", problem.title())
                .add("status", problem.status())
                .add("detail", problem.detail())
                .add("instance", problem.instance())
                .add("code", problem.code())
                .add("advice", problem.advice())
                .build()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        response.setStatus(problem.status());
        response.setContentType(Problem.MEDIA_TYPE);
        response.setHeader("Cache-Control", "no-store");
        if (problem.status() == ErrorCode.UNAUTHENTICATED.http()) {
            response.setHeader("WWW-Authenticate", ProblemResponses.CHALLENGE);
        }
        response.setContentLength(text.length);
        OutputStream body = response.getOutputStream();
        body.write(text);
        body.flush();
    }
}
