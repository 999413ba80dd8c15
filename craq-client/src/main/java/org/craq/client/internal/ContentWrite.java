package org.craq.client.internal;

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

/** One attempt to write a long content over the head's content port. */
final class ContentWrite implements OutgoingWrite {
    private final ContentCall call;
    private Kept kept = Kept.NOTHING;
    private boolean complete;

    private ContentWrite(ContentCall call) {
        this.call = call;
    }

    /**
     * Sends the request and waits for the permit; empty if the head has no content port, or it can't be reached.
     *
     * @param header of a write that waits for its permit
     * @throws CraqException the head's refusal, or that it did not answer within the timeout
     */
    static Optional<ContentWrite> ask(
            ContentConnections<Peer> connections, Peer head, WriteHeader header, Duration timeout) {
        Optional<ContentCall> asked = ContentCall.ask(
                connections, head, timeout, ContentRequest.newBuilder().setWrite(header), Optional.empty());
        return asked.map(call -> {
            ContentWrite write = new ContentWrite(call);
            write.run(() -> {
                ContentReply reply = call.message();
                while (!reply.getTurn().getCome()) {
                    call.next();
                    reply = call.message();
                }
                write.kept = Kept.of(reply.getTurn());
                return null;
            });
            return write;
        });
    }

    @Override
    public Kept kept() {
        return kept;
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
            // A broken connection is treated like a failed node: the whole write is retried.
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
                        ErrorCode.UPLOAD_ABANDONED,
                        call.node() + " answered before it had received everything; nothing was stored");
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
