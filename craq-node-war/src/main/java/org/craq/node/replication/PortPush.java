package org.craq.node.replication;

import java.io.IOException;
import java.time.Duration;
import org.craq.node.content.ContentHandler;
import org.craq.node.content.ServedConnection;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ReplicationGrpc;

/** Receives pushes over the content port; {@link IncomingPush} has their rules. */
public final class PortPush implements ContentHandler {
    /** As long as a content is kept whose entry does not arrive: one slow client makes the pushes of its content slow along the chain. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ReplicationService service;
    private final ChunkBuffers memory;

    public PortPush(ReplicationService service, ChunkBuffers memory) {
        this.service = service;
        this.memory = memory;
    }

    @Override
    public String method() {
        return ReplicationGrpc.getPushMethod().getFullMethodName();
    }

    @Override
    public void answer(ContentRequest request, ServedConnection connection) throws IOException {
        connection.requireNode(request.getPush().getEnvelope().getFrom());
        IncomingPush push = service.begin(request.getPush());
        // Only now, so that a sender that is refused gets no extra time.
        connection.patientWithNode(PATIENCE);
        try {
            connection.pieces(
                    frame -> push.chunk(frame.length(), frame.crc32c(), connection, memory), push::awaitReady);
            connection.put(ContentReply.newBuilder().setPushed(push.complete()).build());
        } finally {
            push.abandon();
        }
    }
}
