package org.craq.node.uploads;

import jakarta.servlet.http.HttpServletRequest;
import java.util.OptionalLong;

/** What a request says of its body. */
final class Bodies {
    private Bodies() {}

    /** Bytes; empty when the client does not know it in advance. A request that says nothing has no body (RFC 9112 section 6.3). */
    static OptionalLong length(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        if (length >= 0) {
            return OptionalLong.of(length);
        }
        return request.getHeader("Transfer-Encoding") == null ? OptionalLong.of(0) : OptionalLong.empty();
    }
}
