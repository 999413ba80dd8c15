package org.craq.wire.tls;

import io.grpc.netty.shaded.io.netty.buffer.UnpooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.internal.tcnative.SSL;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * TLS on a socket, which may be blocking or not. Contents in direct buffers are encrypted from there, and decrypted into them, without a
 * copy. One thread at a time may use it; only {@link #close} may be called by another thread. After an {@link IOException} it is unusable.
 */
public final class TlsChannel implements AutoCloseable {
    private static final Logger LOG = System.getLogger(TlsChannel.class.getName());
    /** The longest content of a record. */
    private static final int RECORD_BYTES = 16 << 10;
    /** Records that are received from the socket at once. */
    private static final int RECEIVED_RECORDS = 4;
    /** Records that are sent to the socket at once: 64 KiB of content with what stands before it. */
    private static final int SENT_RECORDS = 5;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel socket;
    private final SSLEngine engine;
    /** Length of the longest record, encrypted. */
    private final int packetBytes;
    /** Bytes from the socket that are not decrypted yet. */
    private final ByteBuffer arrived;
    /** Decrypted bytes that were not taken yet. */
    private final ByteBuffer plain;
    /** Short parts, which share a record. */
    private final ByteBuffer gathered = ByteBuffer.allocateDirect(RECORD_BYTES);
    /** Encrypted bytes that were not sent yet. */
    private final ByteBuffer leaving;

    private boolean established;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Waits for a socket that is not blocking. */
    public interface Waiter {
        /** Used for blocking sockets, for which nobody has to wait. */
        Waiter NEVER = operation -> {
            throw new IllegalStateException("a blocking socket is never waited for");
        };

        /**
         * Waits until the socket is ready.
         *
         * @param operation of {@link SelectionKey}
         * @throws IOException if that takes too long
         */
        void await(int operation) throws IOException;
    }

    private TlsChannel(SocketChannel socket, SSLEngine engine) {
        this.socket = socket;
        this.engine = engine;
        packetBytes = engine.getSession().getPacketBufferSize();
        arrived = ByteBuffer.allocateDirect(RECEIVED_RECORDS * packetBytes).limit(0);
        plain = ByteBuffer.allocateDirect(packetBytes).limit(0);
        leaving = ByteBuffer.allocateDirect(SENT_RECORDS * packetBytes);
    }

    /** Returns the server's side of a connection; the {@link #handshake} comes next. */
    public static TlsChannel ofServer(SocketChannel socket, SslContext context) {
        SSLEngine engine = context.newEngine(UnpooledByteBufAllocator.DEFAULT);
        if (engine instanceof ReferenceCountedOpenSslEngine boringSsl) {
            // Each engine of Netty's begins with tickets, whatever its context says.
            SSL.setOptions(boringSsl.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
        return new TlsChannel(socket, engine);
    }

    /**
     * Returns the client's side of a connection; the {@link #handshake} comes next.
     *
     * @param host with which names in the server's certificate are compared, if the context does so
     */
    static TlsChannel ofClient(SocketChannel socket, SslContext context, String host, int port) {
        return new TlsChannel(socket, context.newEngine(UnpooledByteBufAllocator.DEFAULT, host, port));
    }

    // ---- handshake ----

    /**
     * Agrees on keys with the other side.
     *
     * @throws IOException if the other side does not speak TLS, or one side does not accept the other
     */
    public void handshake(Waiter waiter) throws IOException {
        engine.beginHandshake();
        for (HandshakeStatus next = engine.getHandshakeStatus();
                next != HandshakeStatus.NOT_HANDSHAKING && next != HandshakeStatus.FINISHED;
                next = engine.getHandshakeStatus()) {
            if (next == HandshakeStatus.NEED_TASK) {
                runTasks();
            } else if (next == HandshakeStatus.NEED_WRAP) {
                wrap(NOTHING);
                flush(waiter);
            } else if (!decrypt() && engine.getHandshakeStatus() == next) {
                await(waiter);
            }
        }
        established = true;
    }

    private void await(Waiter waiter) throws IOException {
        int count = receive();
        while (count == 0) {
            waiter.await(SelectionKey.OP_READ);
            count = receive();
        }
        if (count < 0) {
            throw new EOFException("the connection ended during the TLS handshake");
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** Returns the certificate that the other side has shown. */
    X509Certificate peer() throws SSLException {
        return (X509Certificate) engine.getSession().getPeerCertificates()[0];
    }

    // ---- receiving ----

    /**
     * Reads what is available, as a {@link SocketChannel} does. The connection's end without a notice in TLS is an end as well: frames have
     * a length, so nobody takes what was cut off for complete.
     *
     * @return number of bytes; 0: there are none, and the socket is not blocking; -1: the connection has ended
     */
    public int read(ByteBuffer into) throws IOException {
        int begin = into.position();
        while (into.hasRemaining()) {
            if (plain.hasRemaining()) {
                int count = Math.min(plain.remaining(), into.remaining());
                into.put(plain.slice(plain.position(), count));
                plain.position(plain.position() + count);
            } else if (!decryptFor(into)) {
                if (into.position() > begin) {
                    break;
                }
                int count = engine.isInboundDone() ? -1 : receive();
                if (count <= 0) {
                    return count;
                }
            }
        }
        return into.position() - begin;
    }

    /** Receives what is available on the socket. */
    private int receive() throws IOException {
        arrived.compact();
        try {
            return socket.read(arrived);
        } finally {
            arrived.flip();
        }
    }

    /** Decrypts a record, without a copy if there is certainly room for it. */
    private boolean decryptFor(ByteBuffer into) throws IOException {
        boolean fits = into.isDirect() && into.remaining() >= packetBytes;
        return fits ? decrypt(into) : decrypt();
    }

    /** Decrypts a record into the buffer for bytes that are taken later, which is empty. */
    private boolean decrypt() throws IOException {
        plain.clear();
        try {
            return decrypt(plain);
        } finally {
            plain.flip();
        }
    }

    /** Decrypts a record. Returns false if none has arrived completely. */
    private boolean decrypt(ByteBuffer into) throws IOException {
        SSLEngineResult result = engine.unwrap(arrived, into);
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        boolean answers = established && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        if (answers && result.getStatus() == SSLEngineResult.Status.OK) {
            // An answer to new keys, or the reason why the record is refused. It is sent with the next bytes.
            wrap(NOTHING);
        }
        return switch (result.getStatus()) {
            case OK -> result.bytesConsumed() > 0 || result.bytesProduced() > 0;
            case BUFFER_UNDERFLOW, CLOSED -> false;
            case BUFFER_OVERFLOW -> throw new IOException("a record of TLS is too long");
        };
    }

    // ---- sending ----

    /** Sends all bytes of the parts. */
    public void write(Waiter waiter, ByteBuffer... parts) throws IOException {
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            for (ByteBuffer part = parts[i]; part.hasRemaining(); ) {
                boolean whole = last || part.remaining() >= RECORD_BYTES;
                if (whole && part.isDirect() && gathered.position() == 0) {
                    encrypt(part, waiter);
                } else {
                    gather(part, waiter);
                }
            }
        }
        if (gathered.position() > 0) {
            encryptGathered(waiter);
        }
        flush(waiter);
    }

    private void gather(ByteBuffer part, Waiter waiter) throws IOException {
        int count = Math.min(part.remaining(), gathered.remaining());
        gathered.put(part.slice(part.position(), count));
        part.position(part.position() + count);
        if (!gathered.hasRemaining()) {
            encryptGathered(waiter);
        }
    }

    private void encryptGathered(Waiter waiter) throws IOException {
        gathered.flip();
        while (gathered.hasRemaining()) {
            encrypt(gathered, waiter);
        }
        gathered.clear();
    }

    /** Encrypts a record. */
    private void encrypt(ByteBuffer part, Waiter waiter) throws IOException {
        if (leaving.remaining() < packetBytes) {
            flush(waiter);
        }
        wrap(part);
    }

    private void wrap(ByteBuffer part) throws IOException {
        SSLEngineResult result = engine.wrap(part, leaving);
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new ClosedChannelException();
        }
        if (part.hasRemaining() && result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
            throw new IOException("TLS takes no bytes: " + result);
        }
    }

    private void flush(Waiter waiter) throws IOException {
        leaving.flip();
        while (leaving.hasRemaining()) {
            if (socket.write(leaving) == 0) {
                waiter.await(SelectionKey.OP_WRITE);
            }
        }
        leaving.clear();
    }

    // ---- the end ----

    /** Tells the other side that nothing follows, or why it is not accepted, and releases the engine. Leaves the socket open. Idempotent. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            engine.closeOutbound();
            ByteBuffer notice = ByteBuffer.allocate(packetBytes);
            engine.wrap(NOTHING, notice);
            socket.write(notice.flip());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the end of a connection could not be announced", e);
        } finally {
            ReferenceCountUtil.release(engine);
        }
    }
}
