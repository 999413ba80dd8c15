package org.craq.server;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The rules for the head of every request. Servers differ in how they treat a head that breaks these rules, and some
 * answer it in a format of their own.
 */
final class RequestForm {
    /**
     * Headers that may occur only once, because different readers would choose different values. List headers, such as
     * If-Match, may have several lines.
     */
    private static final List<String> SINGLE = List.of(
            "Host",
            "Content-Length",
            "Content-Type",
            "Content-Range",
            "Content-MD5",
            "Range",
            "If-Range",
            "If-Modified-Since",
            "If-Unmodified-Since",
            "Idempotency-Key",
            "Origin",
            "Sec-Fetch-Site",
            "X-Craq-Session",
            "X-Craq-Copy-Source",
            "X-Craq-Move-Source",
            "X-Craq-Passed-On-By",
            "X-HTTP-Method-Override",
            "Tus-Resumable",
            "Upload-Length",
            "Upload-Defer-Length",
            "Upload-Offset",
            "Upload-Metadata",
            "Upload-Checksum");

    private static final String CONTENT_TYPE = "Content-Type";
    /** Type and subtype; parameters are checked where the type is stored. */
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("\\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+\\s*(;.*)?");

    private static final int FIRST_VISIBLE = 0x21;
    private static final int LAST_VISIBLE = 0x7E;
    private static final int ESCAPE_LENGTH = 3;
    private static final int HEX = 16;

    private RequestForm() {}

    /**
     * Checks a request.
     *
     * @throws CraqException INVALID_ARGUMENT with the rule that is broken
     */
    static void check(HttpServletRequest request) {
        for (String header : SINGLE) {
            int lines = Collections.list(request.getHeaders(header)).size();
            if (lines > 1) {
                throw broken("the header " + header + " occurs " + lines + " times; it may occur only once");
            }
        }
        String type = request.getHeader(CONTENT_TYPE);
        if (type != null && !MEDIA_TYPE.matcher(type).matches()) {
            throw broken("Content-Type must be a media type such as text/plain, or be omitted; it is '" + type + "'");
        }
        checkTarget("path", request.getRequestURI());
        if (request.getQueryString() != null) {
            checkTarget("query", request.getQueryString());
        }
    }

    private static void checkTarget(String part, String text) {
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        int at = 0;
        while (at < text.length()) {
            char character = text.charAt(at);
            if (character < FIRST_VISIBLE || character > LAST_VISIBLE) {
                throw broken(String.format(
                        "the URL's %s has a character (U+%04X) that must be percent-encoded as UTF-8, such as %%C3%%A9",
                        part, (int) character));
            }
            bytes.put(character == '%' ? escaped(part, text, at) : (byte) character);
            at += character == '%' ? ESCAPE_LENGTH : 1;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
        } catch (CharacterCodingException e) {
            throw broken("the escapes in the URL's " + part + " are not valid UTF-8");
        }
    }

    private static byte escaped(String part, String text, int at) {
        int high = at + 1 < text.length() ? Character.digit(text.charAt(at + 1), HEX) : -1;
        int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), HEX) : -1;
        if (high < 0 || low < 0) {
            throw broken("the URL's " + part + " has a % that does not begin an escape; write %25 for %");
        }
        return (byte) (high * HEX + low);
    }

    private static CraqException broken(String rule) {
        return new CraqException(ErrorCode.INVALID_ARGUMENT, rule);
    }
}
