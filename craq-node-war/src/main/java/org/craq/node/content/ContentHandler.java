package org.craq.node.content;

import java.io.IOException;
import org.craq.wire.v1.ContentRequest;

/** Answers one kind of request at the content port, on the connection's own thread. */
public interface ContentHandler {
    /**
     * Receives the rest of the request and answers it. A {@link RuntimeException} is sent to the client as a refusal; it may be thrown at
     * any point while content is being received, and between two frames of the answer.
     *
     * @throws IOException when the connection can't be used any more
     */
    void answer(ContentRequest request, ServedConnection connection) throws IOException;

    /** Returns the full name of the equivalent gRPC method. */
    String method();
}
