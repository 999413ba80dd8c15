package org.craq.manager.admin;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.craq.manager.leadership.Leadership;
import org.craq.manager.membership.Membership;
import org.craq.server.HealthPage;
import org.craq.server.HealthPage.Check;
import org.craq.wire.CraqException;

/**
 * Health checks for orchestrators and load balancers; they access neither the database nor the nodes. A manager that
 * answers is live: it recovers from any database failure without a restart.
 */
@WebServlet({HealthServlet.LIVE, HealthServlet.READY})
public class HealthServlet extends HttpServlet {
    static final String LIVE = "/health/live";
    static final String READY = "/health/ready";
    private static final long serialVersionUID = 1L;

    @Inject
    private transient Leadership leadership;

    @Inject
    private transient Membership membership;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HealthPage page = request.getServletPath().equals(LIVE)
                ? new HealthPage(List.of())
                : new HealthPage(List.of(new Check("leadership", trouble())));
        page.answer(response);
    }

    /** Returns why the manager is not ready; empty while it leads, or redirects callers to the leader. */
    private String trouble() {
        if (leadership.otherLeader().isPresent()) {
            return "";
        }
        try {
            leadership.require();
            return membership.ready() ? "" : "the manager has just become the leader and is reading its database";
        } catch (CraqException e) {
            return e.getMessage();
        }
    }
}
