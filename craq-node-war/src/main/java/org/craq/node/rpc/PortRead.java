package org.craq.node.rpc;

import java.io.IOException;
import java.util.Optional;
import org.craq.core.chain.NodeId;
import org.craq.node.content.ContentHandler;
import org.craq.node.content.ServedConnection;
import org.craq.node.files.Contents;
import org.craq.node.files.FileStore;
import org.craq.node.store.CheckedBytes;
import org.craq.security.Action;
import org.craq.server.access.Guard;
import org.craq.server.audit.AuditTrail;
import org.craq.server.audit.AuditedPortCall;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.NodeGrpc;

/**
 * Serves reads over the content port. Whole chunks go from their segment file straight to the socket; short chunks, ranges within a
 * chunk, and what is encrypted go through memory.
 */
public final class PortRead implements ContentHandler {
    private static final long ASK_AGAIN_NANOS = 1_000_000_000;

    private final NodeId self;
    private final FileStore files;
    private final Contents contents;
    private final AuditTrail trail;

    public PortRead(NodeId self, FileStore files, Contents contents, AuditTrail trail) {
        this.trail = trail;
        this.self = self;
        this.files = files;
        this.contents = contents;
    }

    @Override
    public String method() {
        return NodeGrpc.getStreamReadMethod().getFullMethodName();
    }

    @Override
    public void answer(ContentRequest request, ServedConnection connection) throws IOException {
        Guard guard = connection.guard();
        AuditedPortCall audited =
                AuditedPortCall.read(trail, connection.peer(), request.getRead().getName(), guard.caller());
        try {
            guard.admit();
            send(request, connection);
            audited.sent();
        } catch (RuntimeException e) {
            audited.failed(e);
            throw e;
        }
    }

    private void send(ContentRequest request, ServedConnection connection) throws IOException {
        Guard guard = connection.guard();
        String name = request.getRead().getName();
        guard.require(Action.READ, name);
        connection.working(true);
        RequestedRange found = FileStore.await(RequestedRange.find(files, self, request.getRead()));
        connection.working(false);
        guard.again(Action.READ, name);
        connection.put(ContentReply.newBuilder().setHeader(found.header()).build());
        try (Contents.Range range =
                contents.inShortPieces(found.body(), found.offset(), found.length(), connection::room)) {
            long asked = System.nanoTime();
            while (range.hasNext()) {
                if (System.nanoTime() - asked > ASK_AGAIN_NANOS) {
                    asked = System.nanoTime();
                    guard.again(Action.READ, name);
                }
                Optional<Contents.WholeChunk> chunk = connection.transfers() ? range.wholeChunk() : Optional.empty();
                if (chunk.isPresent()) {
                    connection.send(chunk.get().length(), chunk.get().crc32c(), chunk.get()::sendTo);
                } else {
                    CheckedBytes next = range.next();
                    connection.send(next.bytes(), next.crc32c());
                    range.pause();
                }
            }
        }
    }
}
