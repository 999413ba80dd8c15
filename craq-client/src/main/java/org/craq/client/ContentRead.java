package org.craq.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.craq.wire.ContentArrays;
import org.craq.wire.ContentFrame;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadRequest;
import org.craq.wire.v1.Refusal;

/**
 * One read at a content port. What the node itself says, or that it is silent, is a {@link CraqException}; whatever else goes wrong is
 * {@link Broken}: the rest can be had by gRPC.
 */
final class ContentRead implements IncomingRead {
    private final ContentLines lines;
    private final ContentLine line;
    private final Peer node;
    private final Duration timeout;
    private ContentFrame frame;
    private byte[] memory = {};
    private long position;
    private boolean over;

    /** The way past gRPC has failed, which says nothing of the node. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(String what, Throwable cause) {
            super(what, cause);
        }
    }

    private ContentRead(ContentLines lines, ContentLine line, Peer node, Duration timeout) {
        this.lines = lines;
        this.line = line;
        this.node = node;
        this.timeout = timeout;
    }

    /**
     * Asks, and waits until the answer begins; empty where the node has no such port, or it can't be reached.
     *
     * @throws CraqException when the node is silent
     */
    static Optional<ContentRead> ask(ContentLines lines, Peer node, ReadRequest request, Duration timeout) {
        byte[] message = ContentRequest.newBuilder()
                .setNodeId(node.nodeId())
                .setRead(request)
                .build()
                .toByteArray();
        ByteBuffer bytes = ByteBuffer.allocate(ContentFrame.BYTES + message.length);
        ContentFrame.putMessage(bytes, message);
        while (true) {
            Optional<ContentLine> line = lines.take(node);
            if (line.isEmpty()) {
                return Optional.empty();
            }
            boolean fresh = line.get().fresh();
            ContentRead read = new ContentRead(lines, line.get(), node, timeout);
            try {
                read.begin(bytes.array());
                return Optional.of(read);
            } catch (Broken e) {
                // One that rested may have been ended by the node meanwhile, which may be another process by now.
                if (fresh) {
                    lines.shun(node, e);
                    return Optional.empty();
                }
            }
        }
    }

    private void begin(byte[] request) {
        frame = run(() -> {
            line.send(request);
            return line.frame(timeout);
        });
    }

    private interface Step<T> {
        T take() throws IOException;
    }

    private <T> T run(Step<T> step) {
        try {
            return step.take();
        } catch (SocketTimeoutException e) {
            drop();
            throw new CraqException(
                    ErrorCode.NOT_SERVING, node + " has sent nothing for " + timeout.toMillis() + " ms", e);
        } catch (InterruptedIOException e) {
            drop();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while waiting for " + node, e);
        } catch (IOException e) {
            drop();
            throw new Broken(node + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Peer node() {
        return node;
    }

    @Override
    public ReadHeader header() {
        ReadHeader header = message().getHeader();
        position = header.getOffset();
        return header;
    }

    @Override
    public Piece next() {
        frame = run(() -> line.frame(timeout));
        if (frame.kind() == ContentFrame.Kind.MESSAGE) {
            message();
        }
        Piece piece = new Piece(position, receive(ContentFrame.Kind.PIECE), frame.crc32c());
        position += frame.length();
        return piece;
    }

    /** What the frame announced, if that is what is due. */
    private ByteBuffer receive(ContentFrame.Kind due) {
        return run(() -> {
            if (frame.kind() != due) {
                throw new IOException("a frame that is no " + due);
            }
            if (memory.length < frame.length()) {
                giveMemoryBack();
                memory = ContentArrays.take(frame.length());
            }
            line.read(memory, frame.length(), timeout);
            ByteBuffer bytes = ByteBuffer.wrap(memory, 0, frame.length());
            if (!frame.fits(bytes)) {
                throw new IOException("bytes that fail their checksum");
            }
            return bytes;
        });
    }

    /** The message that the frame announced; a refusal is thrown. */
    private ContentReply message() {
        ByteBuffer bytes = receive(ContentFrame.Kind.MESSAGE);
        // What is wrong with it is an IOException too.
        ContentReply reply = run(() -> ContentReply.parseFrom(bytes));
        if (reply.hasRefusal()) {
            finish();
            Refusal refusal = reply.getRefusal();
            throw new CraqException(
                    Errors.code(refusal.getCode()).orElse(ErrorCode.INTERNAL), node + ": " + refusal.getText());
        }
        return reply;
    }

    @Override
    public void finish() {
        if (!over) {
            over = true;
            giveMemoryBack();
            lines.giveBack(node, line);
        }
    }

    @Override
    public void cancel(String reason) {
        drop();
    }

    private void drop() {
        if (!over) {
            over = true;
            giveMemoryBack();
            lines.drop(line);
        }
    }

    private void giveMemoryBack() {
        ContentArrays.giveBack(memory);
        memory = new byte[0];
    }
}
