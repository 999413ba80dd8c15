package org.craq.node.rest;

import jakarta.inject.Inject;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import org.craq.node.runtime.RunningNode;

/** Limits, for every request, how long threads wait for its client. */
public class SlowClientsFilter implements Filter {
    @Inject
    private RunningNode running;

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        running.http().clients().guard(request, response, chain);
    }
}
