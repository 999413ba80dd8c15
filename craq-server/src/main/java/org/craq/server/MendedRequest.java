package org.craq.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Rewrites a request so that all JAX-RS implementations can read it. Entries of Accept that they cannot read are left
 * out, as RFC 9110 section 12.5.1 allows, and characters that browsers and curl leave unescaped in a URL, such as
 * braces, are escaped.
 */
final class MendedRequest extends HttpServletRequestWrapper {
    private static final String ACCEPT = "Accept";
    /** Maximum length of an Accept header; longer ones are ignored. */
    private static final int LONGEST_ACCEPT = 4096;

    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern SEMICOLON = Pattern.compile(";");
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern RANGE = Pattern.compile("\\*|" + TOKEN + "/" + TOKEN);
    private static final Pattern PARAMETER = Pattern.compile(
            // Java's own HTTP client sends a lone asterisk, and numbers that begin with a point.
            "[Qq]=(0(\\.[0-9]{0,9})?|1(\\.0{0,9})?|\\.[0-9]{1,9})|(?![Qq]=)" + TOKEN + "=(" + TOKEN
                    + "|\"[^\"\\\\]*\")");

    private static final String UNESCAPED = "\"<>[\\]^`{|}";

    MendedRequest(HttpServletRequest request) {
        super(request);
    }

    // ---- Accept ----

    @Override
    public String getHeader(String name) {
        if (!name.equalsIgnoreCase(ACCEPT)) {
            return super.getHeader(name);
        }
        List<String> accepted = accepted();
        return accepted.isEmpty() ? null : accepted.get(0);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return name.equalsIgnoreCase(ACCEPT) ? Collections.enumeration(accepted()) : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        List<String> names = Collections.list(super.getHeaderNames());
        if (accepted().isEmpty()) {
            names.removeIf(ACCEPT::equalsIgnoreCase);
        }
        return Collections.enumeration(names);
    }

    /** Returns the readable entries in one line; an empty list if none is left. */
    private List<String> accepted() {
        String readable = accepted(String.join(",", Collections.list(super.getHeaders(ACCEPT))));
        return readable.isEmpty() ? List.of() : List.of(readable);
    }

    static String accepted(String accept) {
        return accept.length() > LONGEST_ACCEPT
                ? ""
                : COMMA.splitAsStream(accept)
                        .map(String::strip)
                        .filter(MendedRequest::isReadable)
                        .collect(Collectors.joining(", "));
    }

    private static boolean isReadable(String range) {
        List<String> parts = SEMICOLON.splitAsStream(range).map(String::strip).toList();
        return !parts.isEmpty()
                && RANGE.matcher(parts.get(0)).matches()
                && parts.stream()
                        .skip(1)
                        .allMatch(part -> PARAMETER.matcher(part).matches());
    }

    // ---- the URL ----

    @Override
    public String getRequestURI() {
        return escaped(super.getRequestURI());
    }

    @Override
    public StringBuffer getRequestURL() {
        return new StringBuffer(escaped(super.getRequestURL().toString()));
    }

    @Override
    public String getQueryString() {
        String query = super.getQueryString();
        return query == null ? null : escaped(query);
    }

    /** Escapes characters; existing escapes stay as they are. */
    static String escaped(String text) {
        if (text.chars().noneMatch(character -> UNESCAPED.indexOf(character) >= 0)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(character -> {
            if (UNESCAPED.indexOf(character) >= 0) {
                escaped.append(String.format("%%%02X", character));
            } else {
                escaped.append((char) character);
            }
        });
        return escaped.toString();
    }
}
