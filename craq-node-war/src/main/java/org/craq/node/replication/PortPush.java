package org.craq.node.replication;

import java.io.IOException;
import java.time.Duration;
import org.craq.node.content.ComingChunk;
import org.craq.node.content.ContentHandler;
import org.craq.node.content.ContentMemory;
import org.craq.node.content.ServedConnection;
import org.craq.node.metrics.NodeMeters;
import org.craq.wire.ContentFrame;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.PushReply;
import org.craq.wire.v1.ReplicationGrpc;

/** Pushes at the content port. */
public final class PortPush implements ContentHandler {
    /** As long as content stays whose entry does not come: a client may be slow, and the chain after it. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ReplicationService service;
    private final OpenRelays uploads;
    private final ContentMemory memory;
    private final NodeMeters meters;

    public PortPush(ReplicationService service, OpenRelays uploads, ContentMemory memory, NodeMeters meters) {
        this.service = service;
        this.uploads = uploads;
        this.memory = memory;
        this.meters = meters;
    }

    @Override
    public String method() {
        return ReplicationGrpc.getPushMethod().getFullMethodName();
    }

    @Override
    public void answer(ContentRequest request, ServedConnection connection) throws IOException {
        ContentRelay relay = service.relay(request.getPush());
        // Not before: who is refused has no more time than others.
        connection.patientWithNode(PATIENCE);
        take(relay, connection);
    }

    private void take(ContentRelay relay, ServedConnection connection) throws IOException {
        boolean whole = false;
        try {
            ContentFrame frame = connection.frame();
            for (; frame.kind() == ContentFrame.Kind.PIECE; frame = connection.frame()) {
                try (ComingChunk chunk = new ComingChunk(memory, frame.length(), frame.crc32c())) {
                    relay.append(chunk, connection);
                }
                meters.pushed(frame.length());
                connection.working(true);
                if (!relay.awaitReady()) {
                    throw new CraqException(ErrorCode.NOT_SERVING, "the successor took no more");
                }
                connection.working(false);
            }
            connection.end(frame);
            whole = true;
        } finally {
            uploads.closed(relay);
            if (whole) {
                relay.complete();
            } else {
                relay.abandon();
            }
        }
        // The content stays, but whoever sent it hears that there is no room further down.
        relay.checkRoom();
        connection.put(ContentReply.newBuilder()
                .setPushed(PushReply.newBuilder().setChunks(relay.chunks()))
                .build());
    }
}
