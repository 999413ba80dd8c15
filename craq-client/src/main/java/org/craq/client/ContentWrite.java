package org.craq.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteTrailer;

/** One attempt to write at the head's content port. */
final class ContentWrite implements OutgoingWrite {
    private final ContentCall call;
    private boolean complete;

    private ContentWrite(ContentCall call) {
        this.call = call;
    }

    /**
     * Asks, and waits for the turn; empty where the head has no such port, or it can't be reached.
     *
     * @param header of a write that awaits its turn
     * @throws CraqException what the head refused it with, or that it is silent
     */
    static Optional<ContentWrite> ask(
            ContentConnections<Peer> connections, Peer head, WriteHeader header, Duration timeout) {
        Optional<ContentCall> asked = ContentCall.ask(
                connections, head, timeout, ContentRequest.newBuilder().setWrite(header), ByteBuffer.allocate(0));
        return asked.map(call -> {
            ContentWrite write = new ContentWrite(call);
            write.run(() -> {
                ContentReply reply = call.message();
                while (!reply.getTurn().getCome()) {
                    call.next();
                    reply = call.message();
                }
                return null;
            });
            return write;
        });
    }

    private interface Step<T> {
        T run();
    }

    private <T> T run(Step<T> step) {
        try {
            return step.run();
        } catch (ContentCall.Broken | CraqException e) {
            if (complete) {
                throw ContentCall.afterAll(e);
            }
            // That the connection broke means the same here as that the node did: the whole is tried again.
            throw e instanceof CraqException known
                    ? known
                    : new CraqException(ErrorCode.NOT_SERVING, "lost the connection to " + e.getMessage(), e);
        }
    }

    @Override
    public void send(long offset, ByteBuffer piece, int crc32c) {
        run(() -> {
            if (!call.send(piece, crc32c)) {
                call.next();
                call.message();
                throw new CraqException(
                        ErrorCode.UPLOAD_ABANDONED, call.node() + " answered before it had all; nothing was stored");
            }
            return null;
        });
    }

    @Override
    public Receipt finish(WriteTrailer trailer) {
        return run(() -> {
            complete = true;
            call.send(ContentEnd.newBuilder().setTrailer(trailer).build());
            call.next();
            ContentReply reply = call.message();
            if (!reply.hasReceipt()) {
                call.drop();
                throw new CraqException(ErrorCode.OUTCOME_UNKNOWN, call.node() + " ended the upload without an answer");
            }
            call.finish();
            return reply.getReceipt();
        });
    }

    @Override
    public void cancel(String reason) {
        call.drop();
    }
}
