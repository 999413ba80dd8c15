package org.craq.node.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.OptionalLong;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The announced length of a request's body. */
final class RequestBody {
    private RequestBody() {}

    /**
     * Returns the body's length in bytes; empty when it is not known in advance. A request with neither Content-Length nor
     * Transfer-Encoding has no body (RFC 9112 section 6.3).
     *
     * @throws CraqException CONTENT_TOO_LARGE when the length does not fit a long
     */
    static OptionalLong length(HttpServletRequest request) {
        long length;
        try {
            length = request.getContentLengthLong();
        } catch (NumberFormatException e) {
            throw new CraqException(
                    ErrorCode.CONTENT_TOO_LARGE,
                    "Content-Length is " + request.getHeader(HttpHeaders.CONTENT_LENGTH)
                            + ", which is not a valid length of a body",
                    e);
        }
        if (length >= 0) {
            return OptionalLong.of(length);
        }
        return request.getHeader("Transfer-Encoding") == null ? OptionalLong.of(0) : OptionalLong.empty();
    }
}
