package org.craq.node.rest;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.craq.core.file.UserMetadata;

/**
 * User metadata as headers, in requests and answers alike. The key is part of the header's name. In the value, UTF-8 bytes that are
 * not printable ASCII are percent-encoded (RFC 3986 section 2.1), as are '%' itself and blanks that a header would lose: those at
 * either end and those after another blank.
 */
final class MetadataHeaders {
    private static final String PREFIX = "X-Craq-Meta-";
    /** Number of entries omitted from an answer; only versions written before the limit was introduced can have that many. */
    private static final String MISSING = "X-Craq-Missing-Meta";

    private MetadataHeaders() {}

    /**
     * Reads the metadata of a request.
     *
     * @throws IllegalArgumentException with a message that names the invalid header
     */
    static Map<String, String> read(HttpHeaders headers) {
        Map<String, String> metadata = new TreeMap<>();
        headers.getRequestHeaders().forEach((header, values) -> {
            String key = header.toLowerCase(Locale.ROOT);
            if (key.startsWith(PREFIX.toLowerCase(Locale.ROOT)) && key.length() > PREFIX.length()) {
                metadata.merge(
                        key.substring(PREFIX.length()),
                        decode(header, String.join(",", values)),
                        (one, other) -> one + "," + other);
            }
        });
        return metadata;
    }

    static void write(Map<String, String> metadata, Response.ResponseBuilder answer) {
        List<Map.Entry<String, String>> entries = metadata.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .toList();
        entries.stream()
                .limit(UserMetadata.MAX_KEYS)
                .forEach(entry -> answer.header(PREFIX + entry.getKey(), encode(entry.getValue())));
        if (entries.size() > UserMetadata.MAX_KEYS) {
            answer.header(MISSING, entries.size() - UserMetadata.MAX_KEYS);
        }
    }

    static String encode(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            boolean blankStays = i > 0 && i < bytes.length - 1 && bytes[i - 1] != ' ';
            if (bytes[i] <= '~' && bytes[i] != '%' && bytes[i] >= (blankStays ? ' ' : '!')) {
                text.append((char) bytes[i]);
            } else {
                text.append(String.format("%%%02X", bytes[i]));
            }
        }
        return text.toString();
    }

    static String decode(String header, String text) {
        try {
            if (text.chars().allMatch(each -> each >= ' ' && each <= '~')) {
                return UrlPath.decode(text);
            }
        } catch (IllegalArgumentException e) {
            throw refusal(header, e);
        }
        throw refusal(header, null);
    }

    private static IllegalArgumentException refusal(String header, Exception cause) {
        return new IllegalArgumentException(
                "the header " + header
                        + " must be printable ASCII; write any other character as its UTF-8 bytes, for example"
                        + " %D1%84, and % itself as %25",
                cause);
    }
}
