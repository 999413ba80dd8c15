package org.craq.wire.content;

import java.util.Optional;

/**
 * What a node reports of its content port.
 *
 * @param port 0: it has none
 * @param session needed there, if present
 */
public record ContentAddress(int port, Optional<ContentSession> session) {
    /** The node has no content port. */
    public static final ContentAddress NONE = new ContentAddress(0, Optional.empty());

    /** Converts the address from the fields of a message. */
    public static ContentAddress of(int port, org.craq.wire.v1.ContentSession session) {
        return new ContentAddress(port, ContentSession.of(session));
    }
}
