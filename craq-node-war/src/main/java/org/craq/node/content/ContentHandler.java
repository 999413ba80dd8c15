package org.craq.node.content;

import java.io.IOException;
import org.craq.wire.v1.ContentRequest;

/** Answers one kind of request at the content port, in the connection's own thread. */
public interface ContentHandler {
    /**
     * Takes what belongs to the request, and answers it. A {@link RuntimeException} is told to the asker as a refusal: it may be thrown
     * while pieces come, also in the middle of one, and between two frames of the answer.
     *
     * @throws IOException when the connection is of no more use
     */
    void answer(ContentRequest request, ServedConnection connection) throws IOException;

    /** The gRPC method that means the same, by its full name. */
    String method();
}
