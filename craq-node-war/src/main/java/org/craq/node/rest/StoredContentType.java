package org.craq.node.rest;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.util.List;
import org.craq.server.ContentType;

/**
 * Sends the content type of a version as it was stored. JAX-RS would read it and write it anew, each implementation in its own way, so
 * it gets {@link #STANDS_FOR} instead, which is exchanged when it comes to the server.
 */
@WebFilter(urlPatterns = "/v1/files/*", asyncSupported = true)
public class StoredContentType extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String KEPT = StoredContentType.class.getName();

    /** Also the type of what has none, or has one of an older build that a client could not read. */
    static final String STANDS_FOR = MediaType.APPLICATION_OCTET_STREAM;

    /** What is answered to a request with {@link #STANDS_FOR} is of this type. */
    static void send(HttpServletRequest request, String type) {
        request.setAttribute(KEPT, type);
    }

    static String of(String stored) {
        try {
            return stored.isEmpty() ? STANDS_FOR : ContentType.parse(stored).text();
        } catch (IllegalArgumentException e) {
            return STANDS_FOR;
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, new Answer(request, response));
    }

    /** An answer in which the type is exchanged, whichever way it is set. */
    private static final class Answer extends HttpServletResponseWrapper {
        private final HttpServletRequest request;
        private final HttpServletResponse response;

        Answer(HttpServletRequest request, HttpServletResponse response) {
            super(response);
            this.request = request;
            this.response = response;
        }

        @Override
        public void setContentType(String type) {
            if (STANDS_FOR.equals(type) && request.getAttribute(KEPT) instanceof String kept) {
                write(response, kept);
            } else {
                super.setContentType(type);
            }
        }

        @Override
        public void setHeader(String name, String value) {
            if (HttpHeaders.CONTENT_TYPE.equalsIgnoreCase(name)) {
                setContentType(value);
            } else {
                super.setHeader(name, value);
            }
        }

        @Override
        public void addHeader(String name, String value) {
            if (HttpHeaders.CONTENT_TYPE.equalsIgnoreCase(name)) {
                setContentType(value);
            } else {
                super.addHeader(name, value);
            }
        }
    }

    /** Servers take the charset out and put it in again; said in parts, it may stand where it stood before. */
    static void write(HttpServletResponse response, String type) {
        response.setContentType(type);
        if (isWritten(response, type)) {
            return;
        }
        for (String before : List.of("; charset=", ";charset=")) {
            int at = type.indexOf(before);
            if (at > 0) {
                String charset = type.substring(at + before.length());
                response.setCharacterEncoding(charset);
                response.setContentType(type.substring(0, at));
                if (isWritten(response, type)) {
                    return;
                }
                response.setCharacterEncoding(charset);
                if (isWritten(response, type)) {
                    return;
                }
            }
        }
        response.setContentType(type);
    }

    /** True also where the server does not tell. */
    private static boolean isWritten(HttpServletResponse response, String type) {
        String written = response.getHeader(HttpHeaders.CONTENT_TYPE);
        return written == null || written.equals(type);
    }
}
