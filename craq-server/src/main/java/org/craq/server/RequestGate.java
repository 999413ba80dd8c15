package org.craq.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.craq.server.clients.SlowClients;
import org.craq.wire.CraqException;

/**
 * What every request to a deployment passes first: the rules for browsers, then those for its form. What breaks one is answered with a
 * problem, as everything that goes wrong later.
 */
public final class RequestGate {
    /** Orchestrators and load balancers ask for it by whatever name they please, and learn no more than up or down. */
    private static final String HEALTH = "/health/";

    private final BrowserRules browsers;
    private final AnswerCounts counts;

    /** A gate in front of one deployment. */
    public RequestGate(HostNames names, AnswerCounts counts) {
        this.browsers = new BrowserRules(names);
        this.counts = counts;
    }

    /** Hands a request on, or answers why not. */
    public void pass(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        guard(response);
        try {
            // As the server has matched it: a path may be written so that it only seems to begin like this.
            if (!request.getServletPath().startsWith(HEALTH)) {
                browsers.check(request);
            }
            RequestForm.check(request);
        } catch (CraqException refusal) {
            counts.turnedAway(request.getMethod(), refusal.code());
            ProblemPage.answer(refusal, response);
            return;
        }
        chain.doFilter(SlowClients.replaced(new MendedRequest(request)), response);
    }

    /** Nothing that is answered here is to run in a browser with the rights of this origin, whatever it looks like. */
    private static void guard(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Content-Security-Policy", "sandbox; default-src 'none'");
    }
}
