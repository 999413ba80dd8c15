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

    /** Returns the raw path of a request below the application's context path; JAX-RS would cut a name at a semicolon. */
    public static String of(HttpServletRequest request) {
        return request.getRequestURI().substring(request.getContextPath().length());
    }

    /**
     * Returns the rest of the raw path after a resource's own path. JAX-RS also finds the resource when that path contains parameters
     * ({@code /v1/files;v=1/a}) or escapes; such requests are refused.
     *
     * @param prefix the resource's path, which ends with a slash
     * @throws CraqException NOT_FOUND when the path does not begin with exactly this prefix
     */
    public static String below(HttpServletRequest request, String prefix) {
        String path = of(request);
        if (!path.startsWith(prefix)) {
            throw new CraqException(
                    ErrorCode.NOT_FOUND, "nothing is served under this path; it must begin with exactly " + prefix);
        }
        return path.substring(prefix.length());
    }

    /**
     * Decodes a percent-encoded path.
     *
     * @throws IllegalArgumentException when an escape is malformed or the bytes are not valid UTF-8
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
                    throw new IllegalArgumentException(
                            "the URL has a % that does not begin an escape; write %25 for %");
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
            throw new IllegalArgumentException("the URL's escapes are not valid UTF-8", e);
        }
    }
}
