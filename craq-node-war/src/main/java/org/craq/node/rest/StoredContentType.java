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
 * Sends the content type of a version exactly as it was stored. JAX-RS would parse and reformat it, each implementation in its own
 * way, so it gets {@link #STANDS_FOR} as a placeholder, which is replaced when JAX-RS sets the header.
 */
@WebFilter(urlPatterns = "/v1/files/*", asyncSupported = true)
public class StoredContentType extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String KEPT = StoredContentType.class.getName();

    /** The placeholder; also the type of a version without one, or with an invalid one that an older build accepted. */
    static final String STANDS_FOR = MediaType.APPLICATION_OCTET_STREAM;

    /** Makes the answer to this request, if it has the type {@link #STANDS_FOR}, be sent with the given type. */
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

    /** A response that replaces the placeholder, whichever way it is set. */
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

    /**
     * Sets the type. Servers extract the charset and add it back in their own format, so if the header differs, this tries to set the
     * charset separately, which may restore the original text.
     */
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

    /** True when the header has the given value, or when the server does not reveal it. */
    private static boolean isWritten(HttpServletResponse response, String type) {
        String written = response.getHeader(HttpHeaders.CONTENT_TYPE);
        return written == null || written.equals(type);
    }
}
