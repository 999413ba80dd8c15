package org.craq.node.files;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.craq.core.chain.NodeId;
import org.craq.wire.ContentFrame;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.Refusal;

/** One reader at the content port, served by one thread, one request after the other. */
final class ContentConnection {
    private static final Logger LOG = System.getLogger(ContentConnection.class.getName());
    private static final String METHOD = NodeGrpc.getStreamReadMethod().getFullMethodName();
    private static final int OUT_BYTES = 80 << 10;

    private final NodeId self;
    private final SocketChannel channel;
    private final FileStore files;
    private final Contents contents;
    private final BiConsumer<String, ErrorCode> onRefusal;
    /** What has come and is not taken yet. */
    private final ByteBuffer in = ByteBuffer.allocate(ContentFrame.BYTES + ContentFrame.MAX_MESSAGE_BYTES)
            .limit(0);
    /** What goes out next, so that a short answer goes in one piece. */
    private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);

    private volatile long lastProgress = System.nanoTime();

    ContentConnection(
            NodeId self,
            SocketChannel channel,
            FileStore files,
            Contents contents,
            BiConsumer<String, ErrorCode> onRefusal) {
        this.self = self;
        this.channel = channel;
        this.files = files;
        this.contents = contents;
        this.onRefusal = onRefusal;
    }

    long lastProgress() {
        return lastProgress;
    }

    /** Returns when the reader has gone, or {@link #end} was called. */
    void serve() {
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteBuffer preface = ContentFrame.preface();
            if (!come(preface.remaining())
                    || !in.slice().limit(preface.remaining()).equals(preface)) {
                return;
            }
            in.position(in.position() + preface.remaining());
            while (come(ContentFrame.BYTES)) {
                answer(request());
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a reader has gone", e);
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.log(Level.ERROR, "a connection to the content port broke down", e);
        }
    }

    /** Ends it, whatever its thread is waiting for. May be called by any thread, more than once. */
    void end() {
        try (channel) {
            // A thread that the kernel keeps in a transfer does not notice that the channel is closed.
            channel.shutdownInput().shutdownOutput();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a connection ended by itself", e);
        }
    }

    // ---- what comes ----

    /** True once so many bytes are there; false when the reader has ended before the first. */
    private boolean come(int bytes) throws IOException {
        if (in.capacity() - in.position() < bytes) {
            in.compact().flip();
        }
        while (in.remaining() < bytes) {
            ByteBuffer room = in.duplicate().limit(in.capacity()).position(in.limit());
            int count = channel.read(room);
            if (count < 0) {
                if (in.hasRemaining()) {
                    throw new EOFException("the request broke off");
                }
                return false;
            }
            in.limit(room.position());
            progressed();
        }
        return true;
    }

    private ContentRequest request() throws IOException {
        ContentFrame frame = ContentFrame.get(in);
        if (frame.kind() != ContentFrame.Kind.MESSAGE || !come(frame.length())) {
            throw new EOFException("no request came");
        }
        ByteBuffer bytes = in.slice(in.position(), frame.length());
        in.position(in.position() + frame.length());
        if (!frame.fits(bytes)) {
            throw new IOException("a request fails its checksum");
        }
        try {
            return ContentRequest.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("a request can't be read", e);
        }
    }

    // ---- what goes ----

    private void answer(ContentRequest request) throws IOException {
        if (!request.getNodeId().equals(self.value())) {
            throw new IOException("node " + request.getNodeId() + " is meant, which listened here once");
        }
        try {
            RequestedRange found = FileStore.await(RequestedRange.find(files, self, request.getRead()));
            put(ContentReply.newBuilder().setHeader(found.header()).build());
            try (Contents.Range range = contents.inShortPieces(found.body(), found.offset(), found.length())) {
                send(range);
            }
        } catch (RuntimeException e) {
            refuse(e);
        }
        flush();
    }

    private void send(Contents.Range range) throws IOException {
        while (range.hasNext()) {
            Optional<Contents.WholeChunk> chunk = range.wholeChunk();
            if (chunk.isPresent()) {
                room(ContentFrame.BYTES);
                piece(chunk.get().length(), chunk.get().crc32c());
                flush();
                chunk.get().sendTo(channel, this::progressed);
            } else {
                Contents.Piece next = range.next();
                room(ContentFrame.BYTES + next.bytes().remaining());
                piece(next.bytes().remaining(), next.crc32c());
                out.put(next.bytes());
                range.pause();
            }
        }
    }

    private void piece(int length, int crc32c) {
        new ContentFrame(ContentFrame.Kind.PIECE, length, crc32c).put(out);
    }

    private void put(ContentReply reply) throws IOException {
        byte[] message = reply.toByteArray();
        room(ContentFrame.BYTES + message.length);
        ContentFrame.putMessage(out, message);
    }

    private void room(int bytes) throws IOException {
        if (out.remaining() < bytes) {
            flush();
        }
    }

    private void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
            progressed();
        }
        out.clear();
    }

    private void progressed() {
        lastProgress = System.nanoTime();
    }

    /** Between two frames: what stands in {@code out} is whole. */
    private void refuse(RuntimeException e) throws IOException {
        CraqException failure = Errors.classify(e);
        UUID instance = UUID.randomUUID();
        if (failure.code() == ErrorCode.INTERNAL) {
            LOG.log(Level.ERROR, "instance " + instance + ": a read at the content port failed", e);
        } else {
            LOG.log(Level.DEBUG, "instance {0}: {1} {2}", instance, failure.code(), failure.getMessage());
        }
        onRefusal.accept(METHOD, failure.code());
        put(ContentReply.newBuilder()
                .setRefusal(Refusal.newBuilder()
                        .setCode(failure.code().name())
                        .setText(failure.getMessage())
                        .setInstance(instance.toString()))
                .build());
    }
}
