package org.craq.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/**
 * Finds the end of a body whose request offers another protocol ({@code Upgrade}), as clients do that prefer HTTP/2.
 * Payara passes on everything that follows the head of such a request, with the sizes of chunks and without an end,
 * although it stays with HTTP/1.1. The connection is closed after the answer. This filter precedes those that read
 * bodies in both {@code web.xml} files.
 */
public class UpgradeRequests extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean unframed = request.getHeader("Upgrade") != null
                && request.getProtocol().startsWith("HTTP/1.")
                && getServletContext().getServerInfo().contains("Payara");
        if (unframed) {
            response.setHeader("Connection", "close");
        }
        chain.doFilter(unframed ? new Framed(request) : request, response);
    }

    private static final class Framed extends HttpServletRequestWrapper {
        private Optional<FramedBody> body = Optional.empty();

        Framed(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body.isEmpty()) {
                ServletInputStream all = super.getInputStream();
                body = Optional.of(
                        getHeader("Transfer-Encoding") != null
                                ? FramedBody.ofChunks(all)
                                : FramedBody.ofLength(all, Math.max(0, getContentLengthLong())));
            }
            return body.get();
        }
    }
}
