package org.craq.node;

import jakarta.inject.Inject;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/** Bounds for every request how long threads wait for its client. */
public class SlowClientsFilter implements Filter {
    @Inject
    private NodeWiring wiring;

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        wiring.clients().guard(request, response, chain);
    }
}
