package org.craq.node.rest;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Percent-decoding of a URL's path, RFC 3986 section 2.1. Unlike a form's fields, a plus sign stands for itself. */
public final class UrlPath {
    private UrlPath() {}

    /** Of a request, below the application, as it was sent: JAX-RS would cut a name at a semicolon. */
    public static String of(HttpServletRequest request) {
        return request.getRequestURI().substring(request.getContextPath().length());
    }

    /**
     * What the URL says behind a resource's own path, as it was sent. Where that path itself bears parameters ({@code /v1/files;v=1/a})
     * or escapes, JAX-RS finds the resource all the same.
     *
     * @param prefix ends with a slash
     * @throws CraqException NOT_FOUND when the path does not begin just so
     */
    public static String below(HttpServletRequest request, String prefix) {
        String path = of(request);
        if (!path.startsWith(prefix)) {
            throw new CraqException(
                    ErrorCode.NOT_FOUND,
                    "nothing is served under this path; the names that are begin with " + prefix + ", written just so");
        }
        return path.substring(prefix.length());
    }

    /**
     * The text of an encoded path.
     *
     * @throws IllegalArgumentException when an escape is broken or the bytes are no UTF-8
     */
    public static String decode(String encoded) {
        byte[] raw = encoded.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                if (i + 2 >= raw.length) {
                    throw new IllegalArgumentException("the URL ends within an escape such as %20");
                }
                int high = Character.digit(raw[i + 1], 16);
                int low = Character.digit(raw[i + 2], 16);
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException("the URL has a % that begins no escape; write %25 for %");
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else {
                bytes.put(raw[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the URL's escapes are no valid UTF-8", e);
        }
    }
}
