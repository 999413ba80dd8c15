package org.craq.node.admin;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.craq.node.runtime.RunningNode;
import org.craq.server.MetricsPage;
import org.craq.server.clients.SlowClients;

/** The page that Prometheus scrapes. */
@WebServlet(urlPatterns = "/metrics", asyncSupported = true)
public class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient RunningNode running;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        MetricsPage page = running.http().metrics();
        SlowClients.serve(request, response, () -> page.answer(request, response));
    }
}
