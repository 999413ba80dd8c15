package org.craq.node.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.OptionalLong;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** What a request says of its body. */
final class RequestBody {
    private RequestBody() {}

    /**
     * Bytes; empty when the client does not know it in advance. A request that says nothing has no body (RFC 9112 section 6.3).
     *
     * @throws CraqException CONTENT_TOO_LARGE when the length is more than a number can say
     */
    static OptionalLong length(HttpServletRequest request) {
        long length;
        try {
            length = request.getContentLengthLong();
        } catch (NumberFormatException e) {
            throw new CraqException(
                    ErrorCode.CONTENT_TOO_LARGE,
                    "Content-Length is " + request.getHeader(HttpHeaders.CONTENT_LENGTH)
                            + ", which is no length that a body can have",
                    e);
        }
        if (length >= 0) {
            return OptionalLong.of(length);
        }
        return request.getHeader("Transfer-Encoding") == null ? OptionalLong.of(0) : OptionalLong.empty();
    }
}
