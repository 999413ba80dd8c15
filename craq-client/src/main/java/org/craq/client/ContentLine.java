package org.craq.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.craq.wire.ContentFrame;

/** One connection to a node's content port (content.proto), for one thread at a time. Every failure is an {@link IOException}, after which it is of no more use. */
final class ContentLine implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    /** How soon a thread that is interrupted while nothing comes notices it. */
    private static final int LOOK_UP_MILLIS = 250;

    private final Socket socket;
    private final InputStream in;
    private final byte[] head = new byte[ContentFrame.BYTES];
    /** True while nothing has been answered on it. */
    private boolean fresh = true;

    private long idleSince = System.nanoTime();

    ContentLine(String host, int port) throws IOException {
        socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(LOOK_UP_MILLIS);
            socket.connect(new InetSocketAddress(host, port), CONNECT_TIMEOUT_MILLIS);
            in = socket.getInputStream();
            ByteBuffer preface = ContentFrame.preface();
            byte[] bytes = new byte[preface.remaining()];
            preface.get(bytes);
            send(bytes);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The next one, which says what follows. */
    ContentFrame frame(Duration timeout) throws IOException {
        read(head, head.length, timeout);
        fresh = false;
        return ContentFrame.get(ByteBuffer.wrap(head));
    }

    /** Fills the array's first bytes; the timeout is for each of them, not for all together. */
    void read(byte[] into, int length, Duration timeout) throws IOException {
        int at = 0;
        long progress = System.nanoTime();
        while (at < length) {
            try {
                int count = in.read(into, at, length - at);
                if (count < 0) {
                    throw new EOFException("the connection has ended");
                }
                at += count;
                progress = System.nanoTime();
            } catch (SocketTimeoutException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted");
                }
                if (System.nanoTime() - progress > timeout.toNanos()) {
                    throw e;
                }
            }
        }
    }

    boolean fresh() {
        return fresh;
    }

    /** Nobody uses it from now on. */
    void rest() {
        idleSince = System.nanoTime();
    }

    boolean idleFor(Duration time) {
        return System.nanoTime() - idleSince > time.toNanos();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing was to be sent any more.
            assert socket.isClosed();
        }
    }
}
