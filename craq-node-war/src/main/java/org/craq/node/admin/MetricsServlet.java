package org.craq.node.admin;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.craq.node.NodeWiring;

/** The page that Prometheus asks for. */
@WebServlet("/metrics")
public class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient NodeWiring wiring;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        wiring.metrics().answer(request, response);
    }
}
