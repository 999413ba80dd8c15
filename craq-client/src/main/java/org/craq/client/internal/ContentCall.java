package org.craq.client.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.craq.client.FailureReason;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.content.ContentArrays;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.Refusal;

/**
 * One request on a content port, with the messages and content that follow it. For one thread. A refusal by the node, and a timeout or an
 * interrupt, are thrown as {@link CraqException}; any other failure as {@link Broken}.
 */
final class ContentCall {
    /** Leaves room for a ticket and a code. */
    private static final int LONGEST_REQUEST_BYTES = ContentFrame.MAX_MESSAGE_BYTES - 1024;

    private final ContentConnections<Peer> connections;
    private final ContentConnection connection;
    private final Peer node;
    private final Duration timeout;
    private ContentFrame frame;
    private byte[] memory = {};
    private boolean over;
    /** True while the node expects more of the request; if it refuses the request then, it also closes the connection. */
    private boolean owing;

    /** The connection to the content port failed. This says nothing about the node, which may still be reached over gRPC. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Broken(String what, Throwable cause) {
            super(what, cause);
        }
    }

    private ContentCall(
            ContentConnections<Peer> connections,
            ContentConnection connection,
            Peer node,
            Duration timeout,
            boolean owing) {
        this.connections = connections;
        this.connection = connection;
        this.node = node;
        this.timeout = timeout;
        this.owing = owing;
    }

    /**
     * Sends a request and waits until the answer begins; empty if the node has no content port, the port can't be reached, or the request
     * is too long for it.
     *
     * @param what the request; its node id is set here
     * @param rest returns the frames that complete the request and are sent with it, made for a connection; empty: there are none
     * @throws CraqException when the node does not answer within the timeout
     * @throws Broken when the request included a rest, and the connection broke: the node may have carried it out
     */
    static Optional<ContentCall> ask(
            ContentConnections<Peer> connections,
            Peer node,
            Duration timeout,
            ContentRequest.Builder what,
            Optional<Function<ContentConnection, ByteBuffer>> rest) {
        byte[] message = what.setNodeId(node.nodeId()).build().toByteArray();
        if (message.length > LONGEST_REQUEST_BYTES) {
            return Optional.empty();
        }
        while (true) {
            Optional<ContentConnection> taken = connections.take(node);
            if (taken.isEmpty()) {
                return Optional.empty();
            }
            boolean fresh = taken.get().fresh();
            ContentCall call = new ContentCall(connections, taken.get(), node, timeout, what.hasWrite());
            try {
                call.begin(request(taken.get(), message, rest));
                return Optional.of(call);
            } catch (Broken e) {
                if (fresh) {
                    connections.avoid(node, e);
                } else {
                    // The node has closed its idle connections, or was restarted.
                    connections.endIdle(node);
                }
                if (rest.isPresent()) {
                    // The whole request was sent, and the node may have carried it out.
                    throw e;
                }
                if (fresh) {
                    return Optional.empty();
                }
            }
        }
    }

    private static ByteBuffer request(
            ContentConnection connection, byte[] message, Optional<Function<ContentConnection, ByteBuffer>> rest) {
        ByteBuffer begin = connection.framed(message);
        if (rest.isEmpty()) {
            return begin;
        }
        ByteBuffer end = rest.get().apply(connection);
        return ByteBuffer.allocate(begin.remaining() + end.remaining())
                .put(begin)
                .put(end)
                .flip();
    }

    private void begin(ByteBuffer request) {
        frame = run(() -> {
            connection.sendFrames(request, timeout);
            return connection.frame(timeout);
        });
    }

    private interface Step<T> {
        T take() throws IOException;
    }

    private <T> T run(Step<T> step) {
        try {
            return step.take();
        } catch (SocketTimeoutException e) {
            if (connection.fresh()) {
                // Another process may be listening on this port.
                connections.avoid(node, e);
            }
            drop();
            throw new CraqException(
                    ErrorCode.NOT_SERVING, node + " has made no progress for " + timeout.toMillis() + " ms", e);
        } catch (InterruptedIOException e) {
            drop();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while waiting for " + node, e);
        } catch (IOException e) {
            drop();
            throw new Broken(node + ": " + FailureReason.ofConnection(e), e);
        }
    }

    /** Translates a failure after the whole request was sent: unless the node itself reported an error, the outcome is unknown. */
    static CraqException afterAll(RuntimeException failure) {
        if (failure instanceof CraqException known && known.getCause() == null) {
            return known;
        }
        String text = failure instanceof Broken ? "lost the connection to " : "";
        return new CraqException(ErrorCode.OUTCOME_UNKNOWN, text + failure.getMessage(), failure);
    }

    Peer node() {
        return node;
    }

    // ---- sending ----

    /** Sends a content frame. Returns false, and sends nothing, if an answer has begun to arrive. */
    boolean send(ByteBuffer piece, int crc32c) {
        return run(() -> {
            if (connection.answered()) {
                return false;
            }
            connection.send(piece, crc32c, timeout);
            return true;
        });
    }

    /** Sends the message that ends the request's content. */
    void send(ContentEnd end) {
        owing = false;
        run(() -> {
            connection.send(end.toByteArray(), timeout);
            return null;
        });
    }

    // ---- receiving ----

    /** Waits for the next frame header and returns it. The first one was already received by {@link #ask}. */
    ContentFrame next() {
        frame = run(() -> connection.frame(timeout));
        return frame;
    }

    /** Returns the content that the last header announced; valid until the next header is requested, or the call ends. */
    ByteBuffer piece() {
        return receive(ContentFrame.Kind.PIECE);
    }

    /**
     * Returns the message that the last header announced.
     *
     * @throws CraqException the node's refusal, which ends the call
     */
    ContentReply message() {
        ByteBuffer bytes = receive(ContentFrame.Kind.MESSAGE);
        // Parsed inside run(): a malformed message is an IOException too.
        ContentReply reply = run(() -> ContentReply.parseFrom(bytes));
        if (reply.hasRefusal()) {
            Refusal refusal = reply.getRefusal();
            if (owing) {
                drop();
            } else {
                finish();
            }
            throw new CraqException(
                    Errors.code(refusal.getCode()).orElse(ErrorCode.INTERNAL),
                    node + ": " + refusal.getText(),
                    Duration.ofMillis(refusal.getRetryAfterMillis()));
        }
        return reply;
    }

    private ByteBuffer receive(ContentFrame.Kind due) {
        return run(() -> {
            if (frame.kind() != due) {
                throw new IOException("expected a frame of kind " + due + ", received " + frame.kind());
            }
            ByteBuffer bytes = frame.length() <= ContentConnection.SHORT_BYTES
                    ? connection.take(frame.length(), timeout)
                    : longPiece();
            if (!frame.fits(bytes)) {
                throw new IOException("a frame fails its checksum");
            }
            return bytes;
        });
    }

    private ByteBuffer longPiece() throws IOException {
        if (memory.length < frame.length()) {
            giveMemoryBack();
            memory = ContentArrays.take(frame.length());
        }
        ByteBuffer bytes = ByteBuffer.wrap(memory, 0, frame.length());
        connection.read(bytes, timeout);
        return bytes.flip();
    }

    // ---- the end ----

    /** Ends the call after a complete answer; the connection can be reused. */
    void finish() {
        if (!over) {
            over = true;
            giveMemoryBack();
            connections.giveBack(node, connection);
        }
    }

    /** Abandons the call and closes the connection. No effect on a call that has ended. */
    void drop() {
        if (!over) {
            over = true;
            giveMemoryBack();
            connections.drop(connection);
        }
    }

    private void giveMemoryBack() {
        ContentArrays.giveBack(memory);
        memory = new byte[0];
    }
}
