package org.craq.node.rest;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a listing goes on, as a link (RFC 8288) beside the cursor in the body. */
final class NextPage {
    static final String HEADER = "Link";

    private NextPage() {}

    /**
     * The header's value: a reference relative to the request's own URL.
     *
     * @param query of the request, as it was sent; null: none
     * @param cursor empty when this was the last page, which has no link
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

    /** What a client may send in a query, if its server lets it, and must not stand between the brackets or in a header. */
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
