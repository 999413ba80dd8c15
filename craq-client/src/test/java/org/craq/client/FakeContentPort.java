package org.craq.client;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadRequest;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.Refusal;
import org.craq.wire.v1.Turn;
import org.craq.wire.v1.WriteHeader;

/** A node's content port on a loopback address, with faults that a test scripts through its fields. */
final class FakeContentPort implements Closeable {
    private static final int PIECE = 1 << 20;

    final List<ReadRequest> reads = new CopyOnWriteArrayList<>();
    final List<WriteHeader> writes = new CopyOnWriteArrayList<>();
    final AtomicLong received = new AtomicLong();
    /** Refusals to answer the next writes' headers with. */
    final Queue<ErrorCode> refusals = new ConcurrentLinkedQueue<>();

    final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    /** Number of pieces of each answer after which it is cut off, sent with a wrong byte, or refused. */
    volatile int breakAfter = -1;

    volatile int damage = -1;
    volatile int refuseAfter = -1;
    /** Number of pieces after which the connection of the next write ends, or after which each write is refused. */
    volatile int breakWriteAfter = -1;

    volatile int refuseWriteAfter = -1;
    volatile boolean losesReceipt;
    volatile Runnable onLoss = () -> {};
    volatile boolean silent;
    /** Closes each connection after its first answer. */
    volatile boolean oneAnswerEach;

    private final String id;
    private final FakeStore store;
    private final ServerSocket door;
    private final Thread admitting;

    FakeContentPort(String id, FakeStore store) throws IOException {
        this.id = id;
        this.store = store;
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        admitting = start(this::admit);
    }

    int port() {
        return door.getLocalPort();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Thread start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // A test has closed the connection or the port.
                        assert e.getMessage() != null || e instanceof java.io.EOFException;
                    }
                },
                "fake-content-port");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void admit() throws IOException {
        while (!door.isClosed()) {
            Socket socket = door.accept();
            if (door.isClosed()) {
                socket.close();
                return;
            }
            connections.add(socket);
            start(() -> {
                try (socket) {
                    serve(socket);
                } finally {
                    connections.remove(socket);
                }
            });
        }
    }

    private void serve(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        if (!ByteBuffer.wrap(in.readNBytes(8)).equals(ContentFrame.preface(false))) {
            store.breaches.add("a content connection without its preface");
            return;
        }
        while (true) {
            byte[] head = new byte[ContentFrame.BYTES];
            in.readFully(head);
            ContentFrame frame = ContentFrame.get(ByteBuffer.wrap(head));
            byte[] message = new byte[frame.length()];
            in.readFully(message);
            if (!frame.fits(ByteBuffer.wrap(message))) {
                store.breaches.add("a content request that fails its checksum");
            }
            ContentRequest request = ContentRequest.parseFrom(message);
            boolean goesOn = request.getNodeId().equals(id)
                    && (request.hasWrite()
                            ? take(request.getWrite(), in, socket.getOutputStream())
                            : answer(request.getRead(), socket.getOutputStream()));
            if (!goesOn || oneAnswerEach) {
                return;
            }
        }
    }

    /** Takes a write; returns false if the connection is to be closed. */
    private boolean take(WriteHeader header, DataInputStream in, OutputStream out) throws IOException {
        writes.add(header);
        ErrorCode refusal = refusals.poll();
        if (refusal != null) {
            message(out, refusal(refusal));
            return false;
        }
        if (header.getAwaitsTurn()) {
            turn(out, Turn.getDefaultInstance());
            turn(out, store.granted(header));
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(store.kept(header));
        Optional<ContentEnd> end = Optional.empty();
        try {
            end = content(content, in, out);
        } finally {
            if (end.isEmpty()) {
                store.keep(header, content.toByteArray());
            }
        }
        return end.isPresent() && receipt(header, content.toByteArray(), end.get(), out);
    }

    /** Receives the content of a write; returns its end, or nothing if the connection is to be closed before that. */
    private Optional<ContentEnd> content(ByteArrayOutputStream content, DataInputStream in, OutputStream out)
            throws IOException {
        for (int pieces = 0; ; pieces++) {
            if (pieces == breakWriteAfter) {
                breakWriteAfter = -1;
                return Optional.empty();
            }
            if (pieces == refuseWriteAfter) {
                message(out, refusal(ErrorCode.STORAGE_FULL));
                drain(in);
                return Optional.empty();
            }
            byte[] head = new byte[ContentFrame.BYTES];
            in.readFully(head);
            ContentFrame frame = ContentFrame.get(ByteBuffer.wrap(head));
            byte[] bytes = new byte[frame.length()];
            in.readFully(bytes);
            if (!frame.fits(ByteBuffer.wrap(bytes))) {
                store.breaches.add("a frame that fails its checksum");
            }
            if (frame.kind() == ContentFrame.Kind.PIECE) {
                content.write(bytes);
                received.addAndGet(bytes.length);
            } else {
                return Optional.of(ContentEnd.parseFrom(bytes));
            }
        }
    }

    private boolean receipt(WriteHeader header, byte[] content, ContentEnd end, OutputStream out) throws IOException {
        if (end.getTrailer().getDiscards()) {
            store.discard(header);
            message(out, refusal(ErrorCode.UPLOAD_ABANDONED));
            return false;
        }
        boolean again = header.hasResumableLength() && store.written(header).isPresent();
        boolean agrees = end.getTrailer().getLength() == content.length
                && end.getTrailer().getCrc32C() == Checksum.of(ByteBuffer.wrap(content));
        if (!again && !agrees) {
            store.breaches.add("a trailer that does not agree with what came");
        }
        Receipt receipt = store.put(header, content);
        if (losesReceipt) {
            losesReceipt = false;
            onLoss.run();
            return false;
        }
        message(out, ContentReply.newBuilder().setReceipt(receipt).build());
        return true;
    }

    private static void turn(OutputStream out, Turn turn) throws IOException {
        message(out, ContentReply.newBuilder().setTurn(turn).build());
    }

    private static void drain(DataInputStream in) throws IOException {
        while (in.read(new byte[PIECE]) >= 0) {
            // Discards what is still in transit.
        }
    }

    /** Answers a read; returns false if the connection is to be closed. */
    private boolean answer(ReadRequest request, OutputStream out) throws IOException {
        reads.add(request);
        if (silent) {
            pause();
        }
        FakeStore.Stored file = store.find(request.getName(), request.getVersion());
        if (file == null) {
            message(out, refusal(ErrorCode.NOT_FOUND));
            return true;
        }
        int at = (int) request.getOffset();
        int rest = file.content().size() - at;
        int end = at + (request.getLimit() > 0 ? (int) Math.min(rest, request.getLimit()) : rest);
        message(
                out,
                ContentReply.newBuilder()
                        .setHeader(ReadHeader.newBuilder()
                                .setFile(file.info())
                                .setOffset(at)
                                .setLength(end - at)
                                .setAnswered(
                                        org.craq.wire.v1.Answered.newBuilder().setNodeId(id)))
                        .build());
        for (int sent = 0; at < end; sent++) {
            if (sent == refuseAfter) {
                message(out, refusal(ErrorCode.NOT_FOUND));
                return true;
            }
            if (sent == breakAfter) {
                return false;
            }
            ByteString piece = file.content().substring(at, Math.min(end, at + PIECE));
            byte[] bytes = piece.toByteArray();
            int crc = Checksum.of(ByteBuffer.wrap(bytes));
            if (sent == damage) {
                bytes[bytes.length / 2] ^= 1;
            }
            ByteBuffer head = ByteBuffer.allocate(ContentFrame.BYTES);
            new ContentFrame(ContentFrame.Kind.PIECE, bytes.length, crc).put(head);
            out.write(head.array());
            out.write(bytes);
            at += bytes.length;
        }
        return true;
    }

    private static ContentReply refusal(ErrorCode code) {
        return ContentReply.newBuilder()
                .setRefusal(Refusal.newBuilder().setCode(code.name()).setText("scripted refusal"))
                .build();
    }

    private static void message(OutputStream out, ContentReply reply) throws IOException {
        byte[] message = reply.toByteArray();
        ByteBuffer bytes = ByteBuffer.allocate(ContentFrame.BYTES + message.length);
        ContentFrame.putMessage(bytes, message);
        out.write(bytes.array());
    }

    private synchronized void pause() {
        try {
            while (silent) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            door.close();
            // The port accepts connections until its thread has noticed.
            admitting.join();
            for (Socket socket : connections) {
                socket.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
