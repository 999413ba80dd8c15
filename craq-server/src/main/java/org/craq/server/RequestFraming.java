package org.craq.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.craq.wire.ErrorCode;

/**
 * Refuses requests whose framing (RFC 9112) is wrong or not understood, if the server lets them through. Otherwise a
 * proxy and this server might split one connection into different requests, and a body with a transfer coding would be
 * stored as it is. The connection is closed after the answer, as whatever follows cannot be told from a body; it is
 * also closed after each chunked body. This filter precedes all others in both {@code web.xml} files.
 */
public class RequestFraming extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String CODINGS = "Transfer-Encoding";
    private static final String LENGTH = "Content-Length";
    private static final String CHUNKED = "chunked";
    /** A token (RFC 9110), in capitals like all methods that are defined. */
    private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Z-]+");

    private static final Pattern FIELD_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** The reason for refusing a request. */
    record Refusal(int status, String detail) {
        static Refusal badRequest(String detail) {
            return new Refusal(HttpServletResponse.SC_BAD_REQUEST, detail);
        }

        static Refusal notImplemented(String detail) {
            return new Refusal(HttpServletResponse.SC_NOT_IMPLEMENTED, detail);
        }
    }

    /** The parts of a request's head that determine where it ends. */
    record Head(String method, String protocol, List<String> names, List<String> codings, List<String> lengths) {
        static Head of(HttpServletRequest request) {
            return new Head(
                    request.getMethod(),
                    request.getProtocol(),
                    list(request.getHeaderNames()),
                    list(request.getHeaders(CODINGS)),
                    list(request.getHeaders(LENGTH)));
        }

        private static List<String> list(Enumeration<String> values) {
            return values == null ? List.of() : Collections.list(values);
        }

        Optional<Refusal> refusal() {
            if (!METHOD.matcher(method).matches()) {
                return Optional.of(
                        Refusal.notImplemented("unknown method; methods are written in capitals, such as GET"));
            }
            if (!names.stream().allMatch(name -> FIELD_NAME.matcher(name).matches())) {
                return Optional.of(Refusal.badRequest("a line of the head is not a header of the form NAME: VALUE"));
            }
            return codings.isEmpty() ? Optional.empty() : refusalOfCodings();
        }

        private Optional<Refusal> refusalOfCodings() {
            if (!lengths.isEmpty()) {
                return Optional.of(Refusal.badRequest("send either Content-Length or Transfer-Encoding, not both"));
            }
            if (protocol.equals("HTTP/1.0")) {
                return Optional.of(Refusal.badRequest("HTTP/1.0 has no Transfer-Encoding; send Content-Length"));
            }
            List<String> all = codings.stream()
                    .flatMap(line -> Stream.of(line.split(",", -1)))
                    .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                    .toList();
            if (!all.stream().allMatch(CHUNKED::equals)) {
                return Optional.of(Refusal.notImplemented("the only supported Transfer-Encoding is chunked"));
            }
            return all.size() == 1
                    ? Optional.empty()
                    : Optional.of(
                            Refusal.badRequest("a body may be chunked only once; send one Transfer-Encoding: chunked"));
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Head head = Head.of(request);
        if (!head.codings().isEmpty()) {
            // Payara removes a Content-Length that came with a chunked body before any filter sees it. No further
            // request may follow then (RFC 9112 section 6.1).
            response.setHeader("Connection", "close");
        }
        Optional<Refusal> refusal = head.refusal();
        if (refusal.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        response.setHeader("Connection", "close");
        ProblemPage.answer(
                Problem.of(
                        ErrorCode.INVALID_ARGUMENT,
                        refusal.get().status(),
                        refusal.get().detail(),
                        UUID.randomUUID()),
                response);
    }
}
