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
 * Refuses requests whose framing (RFC 9112) is wrong or not understood, where a server passes them on: two readers of one connection, a proxy and this
 * server, might take them for different requests, and a coded body would be stored as it is. The connection ends with the answer, as what comes
 * behind can't be told from a body; so it does after each chunked body. Before all other filters, in both {@code web.xml}.
 */
public class RequestFraming extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String CODINGS = "Transfer-Encoding";
    private static final String LENGTH = "Content-Length";
    private static final String CHUNKED = "chunked";
    /** RFC 9110: token, in capitals as all methods that are defined. */
    private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Z-]+");

    private static final Pattern FIELD_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** Why a request is refused. */
    record Refusal(int status, String detail) {
        static Refusal badRequest(String detail) {
            return new Refusal(HttpServletResponse.SC_BAD_REQUEST, detail);
        }

        static Refusal notImplemented(String detail) {
            return new Refusal(HttpServletResponse.SC_NOT_IMPLEMENTED, detail);
        }
    }

    /** The part of a request that says where it ends. */
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
                        Refusal.notImplemented("there is no such method; methods are written in capitals, as GET"));
            }
            if (!names.stream().allMatch(name -> FIELD_NAME.matcher(name).matches())) {
                return Optional.of(Refusal.badRequest("a line of the head is no header: NAME: VALUE"));
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
                return Optional.of(Refusal.notImplemented("the only Transfer-Encoding that is understood is chunked"));
            }
            return all.size() == 1
                    ? Optional.empty()
                    : Optional.of(Refusal.badRequest("a body is chunked once; send one Transfer-Encoding: chunked"));
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Head head = Head.of(request);
        if (!head.codings().isEmpty()) {
            // Payara takes a length that came beside the chunks out of the head before anybody sees it. RFC 9112, 6.1:
            // no second request then.
            response.setHeader("Connection", "close");
        }
        Optional<Refusal> refusal = head.refusal();
        if (refusal.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        response.setHeader("Connection", "close");
        Problem.of(
                        ErrorCode.INVALID_ARGUMENT,
                        refusal.get().status(),
                        refusal.get().detail(),
                        UUID.randomUUID())
                .answer(response);
    }
}
