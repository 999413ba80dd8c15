package org.craq.manager.admin;

import jakarta.inject.Inject;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import org.craq.server.clients.SlowClients;

/** Limits how long threads wait for the client of a request. */
public class SlowClientsFilter implements Filter {
    @Inject
    private SlowClients clients;

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        clients.guard(request, response, chain);
    }
}
