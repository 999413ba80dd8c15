package org.craq.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.craq.security.Action;
import org.craq.server.access.Access;
import org.craq.server.access.RequestCaller;
import org.craq.server.audit.AuditedRequests;
import org.craq.server.clients.SlowClients;
import org.craq.wire.CraqException;

/**
 * The first check of every request to a deployment: the rules for browsers, then those for its form. A request that
 * breaks one is answered with a problem, like every later error.
 */
public final class RequestGate {
    /**
     * Exempt from the rules for browsers: orchestrators and load balancers may use any host name here, and learn only
     * up or down.
     */
    private static final String HEALTH = "/health/";

    private static final String METRICS = "/metrics";

    private final BrowserRules browsers;
    private final AnswerCounts counts;
    private final Access access;
    private final AuditedRequests audited;

    /**
     * Creates the gate of one deployment.
     *
     * @param access decides who may read metrics; each REST resource asks it by itself
     * @param audited gets to know of each request
     */
    public RequestGate(HostNames names, AnswerCounts counts, Access access, AuditedRequests audited) {
        this.audited = audited;
        this.browsers = new BrowserRules(names);
        this.counts = counts;
        this.access = access;
    }

    /** Passes a request on, or answers with the reason for refusing it. */
    public void pass(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        guard(response);
        try {
            audited.begins(request);
            // Uses the path as the server matched it; the raw one may only seem to begin like this.
            if (!request.getServletPath().startsWith(HEALTH)) {
                browsers.check(request);
            }
            RequestForm.check(request);
            if (request.getServletPath().equals(METRICS) && !access.metricsAreOpen()) {
                access.require(RequestCaller.of(request, access), Action.READ_METRICS, "");
            }
        } catch (CraqException refusal) {
            counts.turnedAway(request.getMethod(), refusal.code());
            UUID instance = ProblemPage.answer(refusal, response);
            audited.refused(request, refusal, instance.toString());
            return;
        }
        chain.doFilter(SlowClients.replaced(new MendedRequest(request)), response);
    }

    /**
     * Sets headers that keep every answer, whatever it looks like, from running in a browser with the rights of this
     * origin.
     */
    private static void guard(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Content-Security-Policy", "sandbox; default-src 'none'");
    }
}
