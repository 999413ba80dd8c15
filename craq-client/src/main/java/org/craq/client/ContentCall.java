package org.craq.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
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
 * One request at a content port, with what follows it. What the node itself says, or that it is silent, is a {@link CraqException};
 * whatever else goes wrong is {@link Broken}.
 */
final class ContentCall {
    private final ContentConnections<Peer> connections;
    private final ContentConnection connection;
    private final Peer node;
    private final Duration timeout;
    private ContentFrame frame;
    private byte[] memory = {};
    private boolean over;
    /** True while the node expects more of the request: when it refuses it then, it ends the connection. */
    private boolean owing;

    /** The way past gRPC has failed, which says nothing of the node. */
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
     * Asks, and waits until the answer begins; empty where the node has no such port, it can't be reached, or the request is too long
     * for it.
     *
     * @param what its node is set here
     * @param rest frames that belong to the request and are sent with it
     * @throws CraqException when the node is silent
     * @throws Broken when the rest was sent, and the connection then broke
     */
    static Optional<ContentCall> ask(
            ContentConnections<Peer> connections,
            Peer node,
            Duration timeout,
            ContentRequest.Builder what,
            ByteBuffer rest) {
        byte[] message = what.setNodeId(node.nodeId()).build().toByteArray();
        if (message.length > ContentFrame.MAX_MESSAGE_BYTES) {
            return Optional.empty();
        }
        ByteBuffer request = ByteBuffer.allocate(ContentFrame.BYTES + message.length + rest.remaining());
        ContentFrame.putMessage(request, message);
        request.put(rest.duplicate()).flip();
        while (true) {
            Optional<ContentConnection> taken = connections.take(node);
            if (taken.isEmpty()) {
                return Optional.empty();
            }
            boolean fresh = taken.get().fresh();
            ContentCall call = new ContentCall(connections, taken.get(), node, timeout, what.hasWrite());
            try {
                call.begin(request.duplicate());
                return Optional.of(call);
            } catch (Broken e) {
                if (fresh) {
                    connections.avoid(node, e);
                } else {
                    // The node has ended those that rested, or is another process by now.
                    connections.endIdle(node);
                }
                if (rest.hasRemaining()) {
                    // All was sent, and may have been done.
                    throw e;
                }
                if (fresh) {
                    return Optional.empty();
                }
            }
        }
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
                // Whoever listens there may not be the node at all.
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

    /** What a failure means once all was sent: only what the node itself says of it is certain. */
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

    // ---- what goes ----

    /** Sends a piece; false, and nothing sent, if an answer has begun to come. */
    boolean send(ByteBuffer piece, int crc32c) {
        return run(() -> {
            if (connection.answered()) {
                return false;
            }
            connection.send(piece, crc32c, timeout);
            return true;
        });
    }

    /** Ends the pieces. */
    void send(ContentEnd end) {
        owing = false;
        run(() -> {
            connection.send(end.toByteArray(), timeout);
            return null;
        });
    }

    // ---- what comes ----

    /** Waits for what comes next; the first frame has come already. */
    ContentFrame next() {
        frame = run(() -> connection.frame(timeout));
        return frame;
    }

    /** The piece that the last frame announced; valid until the next frame is asked for, or the answer is over. */
    ByteBuffer piece() {
        return receive(ContentFrame.Kind.PIECE);
    }

    /** The message that the last frame announced; a refusal is thrown, and then the answer is over. */
    ContentReply message() {
        ByteBuffer bytes = receive(ContentFrame.Kind.MESSAGE);
        // What is wrong with it is an IOException too.
        ContentReply reply = run(() -> ContentReply.parseFrom(bytes));
        if (reply.hasRefusal()) {
            Refusal refusal = reply.getRefusal();
            if (owing) {
                drop();
            } else {
                finish();
            }
            throw new CraqException(
                    Errors.code(refusal.getCode()).orElse(ErrorCode.INTERNAL), node + ": " + refusal.getText());
        }
        return reply;
    }

    private ByteBuffer receive(ContentFrame.Kind due) {
        return run(() -> {
            if (frame.kind() != due) {
                throw new IOException("a frame that is no " + due);
            }
            ByteBuffer bytes = frame.length() <= ContentConnection.SHORT_BYTES
                    ? connection.take(frame.length(), timeout)
                    : longPiece();
            if (!frame.fits(bytes)) {
                throw new IOException("bytes that fail their checksum");
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

    // ---- its end ----

    /** All has come; the connection serves again. */
    void finish() {
        if (!over) {
            over = true;
            giveMemoryBack();
            connections.giveBack(node, connection);
        }
    }

    /** It is given up. No effect on one that has ended. */
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
