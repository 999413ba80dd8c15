package org.craq.wire.content;

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

/**
 * One connection to a node's content port (content.proto), from the asking side, for one thread at a time; only {@link #close} may be called by
 * another. Every failure is an {@link IOException}, after which it is of no more use: {@link SocketTimeoutException} when
 * nothing moves for the timeout, another {@link InterruptedIOException} when the thread is interrupted.
 */
public final class ContentConnection implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** The JDK keeps, for each thread for good, memory outside the heap for the longest piece that went from or to the heap. */
    private static final int HEAP_BYTES = 128 << 10;
    /**
     * The longest content, and the longest piece of one, that counts as short everywhere: it is written without a permit, travels with its log entry, and is received
     * together with the frame before it. Clients and all members of a chain must agree on it.
     */
    public static final int SHORT_BYTES = 64 << 10;

    private static final int FIRST_BYTES = 4 << 10;
    /** A short piece, its frame, and the message before it as long as most are. */
    private static final int MOST_BYTES = SHORT_BYTES + (2 << 10);

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    /** What has come and is not taken yet; grows when a short piece comes. */
    private ByteBuffer in = ByteBuffer.allocate(FIRST_BYTES).limit(0);
    /** True in the middle of long pieces: what is received with their frames would have to be copied. */
    private boolean streaming;
    /** True when the answer can hardly be there yet. */
    private boolean asked;

    private final ByteBuffer frame = ByteBuffer.allocate(ContentFrame.BYTES);
    private boolean fresh = true;
    private long idleSince;

    /** @param address host:port of the node's gRPC server, of which only the host counts */
    public ContentConnection(String address, int port) throws IOException {
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
            write(CONNECT_TIMEOUT, ContentFrame.preface());
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** An IPv6 address stands in brackets. */
    private static String host(String address) {
        String host = address.substring(0, address.lastIndexOf(':'));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    // ---- what goes ----

    /** Sends a message. */
    public void send(byte[] message, Duration timeout) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(ContentFrame.BYTES + message.length);
        ContentFrame.putMessage(bytes, message);
        write(timeout, bytes.flip());
    }

    /** Sends whole frames. */
    public void sendFrames(ByteBuffer frames, Duration timeout) throws IOException {
        write(timeout, frames);
        asked = true;
    }

    /** Sends a piece of content; the buffer is left as it is. */
    public void send(ByteBuffer piece, int crc32c, Duration timeout) throws IOException {
        announce(piece.remaining(), crc32c);
        sendPart(piece, timeout);
    }

    /** Begins a piece of content; this goes out with the first of its bytes. */
    public void announce(int length, int crc32c) {
        frame.clear();
        new ContentFrame(ContentFrame.Kind.PIECE, length, crc32c).put(frame);
        frame.flip();
    }

    /** Sends the next bytes of the piece; the buffer is left as it is. */
    public void sendPart(ByteBuffer bytes, Duration timeout) throws IOException {
        write(timeout, frame, bytes.duplicate());
    }

    private void write(Duration timeout, ByteBuffer... parts) throws IOException {
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

    // ---- what comes ----

    /** True if an answer has begun to come. Does not wait. */
    public boolean answered() throws IOException {
        if (!in.hasRemaining()) {
            receive(1);
        }
        return in.hasRemaining();
    }

    /** True if it is open and nobody has said anything unasked. Does not wait. */
    public boolean quiet() {
        try {
            return !answered();
        } catch (IOException e) {
            return false;
        }
    }

    /** What comes next. */
    public ContentFrame frame(Duration timeout) throws IOException {
        come(ContentFrame.BYTES, timeout);
        fresh = false;
        return ContentFrame.get(in);
    }

    /** The next bytes, at most {@link #SHORT_BYTES}; valid until more is received. The timeout is for each of them, not for all together. */
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

    /** Fills the buffer; the timeout is for each of its bytes, not for all together. */
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

    /** What there is, without waiting; makes room for so many bytes in all. */
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
            int count = channel.read(into);
            if (count < 0) {
                throw new EOFException("the connection has ended");
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
                throw new SocketTimeoutException("nothing has moved for " + timeout.toMillis() + " ms");
            }
        }
        selector.selectedKeys().clear();
    }

    private static InterruptedIOException interrupted() {
        return new InterruptedIOException("interrupted");
    }

    // ---- its life ----

    /** True while nothing has been answered on it. */
    public boolean fresh() {
        return fresh;
    }

    /** Nobody uses it from now on. */
    public void rest() {
        idleSince = System.nanoTime();
    }

    /** Since {@link #rest}. */
    public boolean idleFor(Duration time) {
        return System.nanoTime() - idleSince > time.toNanos();
    }

    /** Idempotent; whoever waits on it fails. */
    @Override
    public void close() {
        try (channel) {
            if (selector != null) {
                selector.close();
            }
        } catch (IOException e) {
            System.getLogger(ContentConnection.class.getName()).log(System.Logger.Level.DEBUG, "ended by itself", e);
        }
    }
}
