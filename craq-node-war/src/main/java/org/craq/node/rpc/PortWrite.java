package org.craq.node.rpc;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.craq.node.content.ContentHandler;
import org.craq.node.content.ServedConnection;
import org.craq.node.files.FileStore;
import org.craq.node.files.IncomingWrite;
import org.craq.security.Action;
import org.craq.server.access.Guard;
import org.craq.server.audit.AuditTrail;
import org.craq.server.audit.AuditedPortCall;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.Turn;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteTrailer;

/** Receives writes over the content port; {@link IncomingWrite} has their rules. */
public final class PortWrite implements ContentHandler {
    /** Time between two messages to a client that waits for its permit. */
    private static final long TELL_SECONDS = 5;

    private final WriteReceiver receiver;
    private final AuditTrail trail;

    public PortWrite(WriteReceiver receiver, AuditTrail trail) {
        this.receiver = receiver;
        this.trail = trail;
    }

    @Override
    public String method() {
        return NodeGrpc.getStreamWriteMethod().getFullMethodName();
    }

    @Override
    public void answer(ContentRequest request, ServedConnection connection) throws IOException {
        WriteHeader header = request.getWrite();
        Guard guard = connection.guard();
        AuditedPortCall audited = new AuditedPortCall(
                trail, connection.peer(), header.getAppends() ? "append" : "write", header.getName(), guard.caller());
        try {
            guard.admit();
            audited.made(receive(header, connection, guard));
        } catch (IOException | RuntimeException e) {
            audited.failed(e);
            throw e;
        }
    }

    private Receipt receive(WriteHeader header, ServedConnection connection, Guard guard) throws IOException {
        trail.requireWorking();
        guard.require(Action.WRITE, header.getName());
        IncomingWrite write = receiver.begin(header, guard.user());
        boolean finished = false;
        try {
            if (header.getAwaitsTurn()) {
                awaitPermit(write, connection);
            }
            connection.working(true);
            write.open();
            connection.working(false);
            if (header.getAwaitsTurn()) {
                tell(connection, FileMessages.granted(write));
            }
            WriteTrailer trailer = connection
                    .pieces(frame -> write.chunk(frame.length(), frame.crc32c(), connection), write::awaitReady)
                    .getTrailer();
            connection.working(true);
            if (trailer.getDiscards()) {
                throw WriteReceiver.discarded(write);
            }
            guard.require(Action.WRITE, header.getName());
            finished = true;
            Receipt receipt =
                    FileMessages.receipt(FileStore.await(write.finish(trailer.getLength(), trailer.getCrc32C())));
            connection.working(false);
            connection.put(ContentReply.newBuilder().setReceipt(receipt).build());
            return receipt;
        } finally {
            if (!finished) {
                write.abandon();
            }
        }
    }

    private static void awaitPermit(IncomingWrite write, ServedConnection connection) throws IOException {
        CountDownLatch come = new CountDownLatch(1);
        connection.working(true);
        write.await(come::countDown);
        try {
            while (!come.await(TELL_SECONDS, TimeUnit.SECONDS)) {
                tell(connection, FileMessages.IN_LINE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "the node is stopping", e);
        }
        connection.working(false);
        connection.holdsPermit();
    }

    private static void tell(ServedConnection connection, Turn turn) throws IOException {
        connection.put(ContentReply.newBuilder().setTurn(turn).build());
        connection.flush();
    }
}
