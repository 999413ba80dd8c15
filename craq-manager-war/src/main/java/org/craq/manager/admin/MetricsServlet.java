package org.craq.manager.admin;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.craq.server.MetricsPage;
import org.craq.server.clients.SlowClients;

/** Serves the metrics page for Prometheus; a standby answers it itself. */
@WebServlet(urlPatterns = "/metrics", asyncSupported = true)
public class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient MetricsPage page;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        SlowClients.serve(request, response, () -> page.answer(request, response));
    }
}
