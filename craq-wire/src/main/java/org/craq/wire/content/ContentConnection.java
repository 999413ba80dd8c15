package org.craq.wire.content;

import com.google.protobuf.ByteString;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import org.craq.wire.tls.ContentTls;
import org.craq.wire.tls.TlsChannel;

/**
 * The client side of a connection to a node's content port (content.proto). One thread at a time may use it; only {@link #close} may be
 * called by another thread. Every failure is an {@link IOException}, after which the connection is unusable: {@link
 * SocketTimeoutException} if no byte moves within the timeout, another {@link InterruptedIOException} if the thread is interrupted.
 */
public final class ContentConnection implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** Limit for the whole handshake of TLS. */
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);
    /**
     * Limit for one transfer from or to the heap. The JDK permanently keeps a direct buffer per thread, as large as the thread's longest
     * such transfer.
     */
    private static final int HEAP_BYTES = 128 << 10;
    /**
     * The greatest length at which a content, or a chunk of one, counts as short: a short content is written without a permit and travels
     * with its log entry, and a short chunk is received together with its frame header. Clients and all members of a chain must agree on
     * this value.
     */
    public static final int SHORT_BYTES = 64 << 10;

    private static final int FIRST_BYTES = 4 << 10;
    /** Room for a short chunk, its frame header, and a message of usual length before it. */
    private static final int MOST_BYTES = SHORT_BYTES + (2 << 10);

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    /** Encrypts the connection; null if it is not encrypted. */
    private final TlsChannel encrypted;
    /** Bytes that were received but not consumed yet; grows when the first short chunk arrives. */
    private ByteBuffer in = ByteBuffer.allocate(FIRST_BYTES).limit(0);
    /** True between long chunks: reads then stop at the end of the frame header, because content read into this buffer must be copied. */
    private boolean streaming;
    /** True right after a request was sent: the answer is unlikely to be there, so wait before reading. */
    private boolean asked;

    private final Optional<ContentSession> session;
    private byte[] nonce = {};
    private long messages;
    private final ByteBuffer frame = ByteBuffer.allocate(ContentFrame.BYTES);
    private boolean fresh = true;
    private final long since = System.nanoTime();
    private long idleSince;

    /**
     * Connects to a node's content port and sends the preface.
     *
     * @param address host:port of the node's gRPC server; only the host is used
     * @param session with which messages are authenticated; empty if the node asks for none
     * @param tls encrypts the connection; empty if it is not encrypted
     * @throws IOException if the connection is not established within 2 s, or is not encrypted 5 s later
     */
    public ContentConnection(String address, int port, Optional<ContentSession> session, Optional<ContentTls> tls)
            throws IOException {
        this.session = session;
        InetSocketAddress node = new InetSocketAddress(host(address), port);
        if (node.isUnresolved()) {
            throw new UnknownHostException(node.getHostString());
        }
        channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            selector = Selector.open();
            key = channel.register(selector, 0);
            if (!channel.connect(node)) {
                await(SelectionKey.OP_CONNECT, CONNECT_TIMEOUT);
                channel.finishConnect();
            }
            encrypted = tls.isPresent() ? encrypt(tls.get(), node) : null;
            write(CONNECT_TIMEOUT, ContentFrame.preface(session.isPresent()));
            if (session.isPresent()) {
                come(ContentSession.NONCE_BYTES, CONNECT_TIMEOUT);
                nonce = new byte[ContentSession.NONCE_BYTES];
                in.get(nonce);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private TlsChannel encrypt(ContentTls tls, InetSocketAddress node) throws IOException {
        long deadline = System.nanoTime() + HANDSHAKE_TIMEOUT.toNanos();
        return tls.encrypt(
                channel, node, operation -> await(operation, Duration.ofNanos(deadline - System.nanoTime())));
    }

    /** Returns the host without the brackets around an IPv6 address. */
    private static String host(String address) {
        String host = address.substring(0, address.lastIndexOf(':'));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    // ---- sending ----

    /** Sends a message. */
    public void send(byte[] message, Duration timeout) throws IOException {
        write(timeout, framed(message));
    }

    /** Returns a message as a frame; the frames of a connection must be sent in the order in which they were made. */
    public ByteBuffer framed(byte[] message) {
        byte[] payload = session.map(own -> authenticated(own, message)).orElse(message);
        ByteBuffer bytes = ByteBuffer.allocate(ContentFrame.BYTES + payload.length);
        ContentFrame.putMessage(bytes, payload);
        return bytes.flip();
    }

    private byte[] authenticated(ContentSession own, byte[] message) {
        ByteString shown = messages == 0 ? own.ticket() : ByteString.EMPTY;
        byte[] mac =
                ContentSession.mac(own.key(), nonce, messages, shown.asReadOnlyByteBuffer(), ByteBuffer.wrap(message));
        messages++;
        return ByteBuffer.allocate(Short.BYTES + shown.size() + mac.length + message.length)
                .putShort((short) shown.size())
                .put(shown.asReadOnlyByteBuffer())
                .put(mac)
                .put(message)
                .array();
    }

    /** Sends bytes that already form complete frames. */
    public void sendFrames(ByteBuffer frames, Duration timeout) throws IOException {
        write(timeout, frames);
        // Bytes that have arrived encrypted wake nobody who waits for the socket.
        asked = encrypted == null;
    }

    /** Sends a content frame; the buffer's position does not change. */
    public void send(ByteBuffer piece, int crc32c, Duration timeout) throws IOException {
        announce(piece.remaining(), crc32c);
        sendPart(piece, timeout);
    }

    /** Begins a content frame; its header is sent together with the first of its bytes. */
    public void announce(int length, int crc32c) {
        frame.clear();
        new ContentFrame(ContentFrame.Kind.PIECE, length, crc32c).put(frame);
        frame.flip();
    }

    /** Sends the next bytes of the announced content frame; the buffer's position does not change. */
    public void sendPart(ByteBuffer bytes, Duration timeout) throws IOException {
        write(timeout, frame, bytes.duplicate());
    }

    private void write(Duration timeout, ByteBuffer... parts) throws IOException {
        if (encrypted != null) {
            encrypted.write(operation -> await(operation, timeout), parts);
            return;
        }
        for (ByteBuffer last = parts[parts.length - 1]; last.hasRemaining(); ) {
            long written;
            if (parts.length > 1 && last.isDirect()) {
                written = channel.write(parts);
            } else {
                written = 0;
                for (ByteBuffer part : parts) {
                    written += writeSome(part);
                    if (part.hasRemaining()) {
                        break;
                    }
                }
            }
            if (written == 0) {
                await(SelectionKey.OP_WRITE, timeout);
            }
        }
    }

    private int writeSome(ByteBuffer part) throws IOException {
        int count = Math.min(part.remaining(), part.isDirect() ? Integer.MAX_VALUE : HEAP_BYTES);
        ByteBuffer some = part.slice(part.position(), count);
        int written = channel.write(some);
        part.position(part.position() + written);
        return written;
    }

    // ---- receiving ----

    /** Returns true if bytes of an answer have arrived. Does not wait. */
    public boolean answered() throws IOException {
        if (!in.hasRemaining()) {
            receive(1);
        }
        return in.hasRemaining();
    }

    /** Returns true if the connection is open and the node has sent nothing unrequested. Does not wait. */
    public boolean quiet() {
        try {
            return !answered();
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits for the next frame header and returns it. */
    public ContentFrame frame(Duration timeout) throws IOException {
        come(ContentFrame.BYTES, timeout);
        fresh = false;
        return ContentFrame.get(in);
    }

    /**
     * Waits for the next bytes, at most {@link #SHORT_BYTES}, and returns them; valid until the next receiving call. The timeout limits
     * the time without progress, not the total time.
     */
    public ByteBuffer take(int length, Duration timeout) throws IOException {
        streaming = false;
        if (in.capacity() < length) {
            in = ByteBuffer.allocate(MOST_BYTES).put(in).flip();
        }
        come(length, timeout);
        ByteBuffer taken = in.slice(in.position(), length);
        in.position(in.position() + length);
        return taken;
    }

    /** Fills the buffer. The timeout limits the time without progress, not the total time. */
    public void read(ByteBuffer into, Duration timeout) throws IOException {
        streaming = true;
        int here = Math.min(in.remaining(), into.remaining());
        into.put(in.slice(in.position(), here));
        in.position(in.position() + here);
        while (into.hasRemaining()) {
            if (readSome(into) == 0) {
                await(SelectionKey.OP_READ, timeout);
            }
        }
    }

    private void come(int bytes, Duration timeout) throws IOException {
        while (in.remaining() < bytes) {
            if (asked || receive(bytes) == 0) {
                await(SelectionKey.OP_READ, timeout);
                asked = false;
            }
        }
    }

    /** Receives what is available, without waiting, after making room for the given number of unconsumed bytes. */
    private int receive(int bytes) throws IOException {
        if (!in.hasRemaining() || in.capacity() - in.position() < bytes) {
            in.compact().flip();
        }
        ByteBuffer room = in.duplicate()
                .limit(streaming ? in.position() + bytes : in.capacity())
                .position(in.limit());
        int count = readSome(room);
        in.limit(room.position());
        return count;
    }

    private int readSome(ByteBuffer into) throws IOException {
        int limit = into.limit();
        if (!into.isDirect()) {
            into.limit(Math.min(limit, into.position() + HEAP_BYTES));
        }
        try {
            int count = encrypted == null ? channel.read(into) : encrypted.read(into);
            if (count < 0) {
                throw new EOFException("the node closed the connection");
            }
            return count;
        } catch (ClosedByInterruptException e) {
            throw interrupted();
        } finally {
            into.limit(limit);
        }
    }

    private void await(int operation, Duration timeout) throws IOException {
        try {
            select(operation, timeout);
        } catch (ClosedSelectorException | CancelledKeyException e) {
            throw new IOException("the connection was closed", e);
        }
    }

    private void select(int operation, Duration timeout) throws IOException {
        key.interestOps(operation);
        long deadline = System.nanoTime() + timeout.toNanos();
        while (selector.select(Math.max(1, (deadline - System.nanoTime()) / 1_000_000)) == 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted();
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new SocketTimeoutException("no progress for " + timeout.toMillis() + " ms");
            }
        }
        selector.selectedKeys().clear();
    }

    private static InterruptedIOException interrupted() {
        return new InterruptedIOException("interrupted");
    }

    // ---- life cycle ----

    /** Returns true until the first frame has been received. */
    public boolean fresh() {
        return fresh;
    }

    /** Marks the connection as idle from now on. */
    public void rest() {
        idleSince = System.nanoTime();
    }

    /** Returns true if more than the given time has passed since {@link #rest}. */
    public boolean idleFor(Duration time) {
        return System.nanoTime() - idleSince > time.toNanos();
    }

    /** Returns true if the connection is older than the given time. */
    public boolean olderThan(Duration time) {
        return System.nanoTime() - since > time.toNanos();
    }

    /** Closes the connection; a thread that waits on it fails with an {@link IOException}. Idempotent. */
    @Override
    public void close() {
        try (channel) {
            if (encrypted != null) {
                encrypted.close();
            }
            if (selector != null) {
                selector.close();
            }
        } catch (IOException e) {
            System.getLogger(ContentConnection.class.getName())
                    .log(System.Logger.Level.DEBUG, "closing a connection failed", e);
        }
    }
}
