package org.craq.node.admin;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.craq.node.runtime.RunningNode;

/** Health for orchestrators and load balancers. Answers from memory, without calling the database or other nodes. */
@WebServlet({HealthServlet.LIVE, HealthServlet.READY})
public class HealthServlet extends HttpServlet {
    static final String LIVE = "/health/live";
    static final String READY = "/health/ready";
    private static final long serialVersionUID = 1L;

    @Inject
    private transient RunningNode running;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean live = request.getServletPath().equals(LIVE);
        running.running()
                .map(NodeHealth::new)
                .map(health -> live ? health.live() : health.ready())
                .orElseGet(() -> NodeHealth.waiting(live, running.refusesDatabase(), running.whyNotRunning()))
                .answer(response);
    }
}
