package org.craq.node.rest;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The link to the next page of a listing (RFC 8288), in addition to the cursor in the body. */
final class NextPage {
    static final String HEADER = "Link";

    private NextPage() {}

    /**
     * Returns the header's value: a reference relative to the request's own URL.
     *
     * @param query raw query of the request; null if it has none
     * @param cursor cursor of the next page; empty after the last page, which has no link
     */
    static Optional<String> link(String query, String cursor) {
        if (cursor.isEmpty()) {
            return Optional.empty();
        }
        Stream<String> kept = Arrays.stream(
                        Optional.ofNullable(query).orElse("").split("&"))
                .filter(parameter -> !parameter.isEmpty() && !parameter.startsWith("cursor="));
        String next = Stream.concat(kept, Stream.of("cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8)))
                .collect(Collectors.joining("&"));
        return Optional.of("<?" + escaped(next) + ">; rel=\"next\"");
    }

    /** Escapes characters that some servers accept in a query but that must not appear between the brackets or in a header. */
    private static String escaped(String query) {
        StringBuilder escaped = new StringBuilder();
        for (byte octet : query.getBytes(StandardCharsets.UTF_8)) {
            if (octet > ' ' && octet <= '~' && octet != '<' && octet != '>' && octet != '"') {
                escaped.append((char) octet);
            } else {
                escaped.append(String.format("%%%02X", octet));
            }
        }
        return escaped.toString();
    }
}
