package org.craq.manager.admin;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.craq.server.RequestGate;

/** Checks every HTTP request before anything else handles it; its position is set in web.xml. */
public class Gate extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient RequestGate gate;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        gate.pass(request, response, chain);
    }
}
