package org.craq.node.admin;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.craq.node.runtime.RunningNode;
import org.craq.server.ProblemPage;
import org.craq.server.RequestGate;
import org.craq.wire.CraqException;

/** Checks every HTTP request to the node before any other filter, as configured in web.xml. */
public class Gate extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient RunningNode running;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RequestGate gate;
        try {
            gate = running.http().gate();
        } catch (CraqException e) {
            ProblemPage.answer(e, response);
            return;
        }
        gate.pass(request, response, chain);
    }
}
