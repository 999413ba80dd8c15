package org.craq.node.files;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.craq.core.chain.NodeId;
import org.craq.wire.ErrorCode;

/**
 * A second door for reads, past gRPC (content.proto): long contents go from the page cache to the reader's socket and are not touched
 * here. Each connection has a thread, so there are no more than a stated number; whoever comes later is sent away, and reads by gRPC. A
 * reader that takes nothing for a minute is cut off. {@link #close} leaves no thread and no socket behind.
 */
public final class ContentPort implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ContentPort.class.getName());
    private static final int BACKLOG = 128;
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PAUSE_MILLIS = 100;

    private final NodeId self;
    private final int most;
    private final FileStore files;
    private final Contents contents;
    private final Executor threads;
    private final BiConsumer<String, ErrorCode> onRefusal;
    private final ServerSocketChannel door;
    private final int port;
    private final Set<ContentConnection> open = ConcurrentHashMap.newKeySet();

    /**
     * Starts at once.
     *
     * @param address with port 0 for any that is free
     * @param most connections at once
     * @param threads one for each connection, and one more
     * @param onRefusal gets the gRPC method that would have been refused, and the code
     * @throws IOException when the port can't be bound
     */
    public ContentPort(
            NodeId self,
            InetSocketAddress address,
            int most,
            FileStore files,
            Contents contents,
            Executor threads,
            BiConsumer<String, ErrorCode> onRefusal)
            throws IOException {
        this.self = self;
        this.most = most;
        this.files = files;
        this.contents = contents;
        this.threads = threads;
        this.onRefusal = onRefusal;
        door = ServerSocketChannel.open();
        try {
            door.bind(address, BACKLOG);
            port = ((InetSocketAddress) door.getLocalAddress()).getPort();
        } catch (BindException e) {
            door.close();
            throw new IOException(
                    "the content port can't listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + e.getMessage() + "; is it in use? Change craq.node.content.port",
                    e);
        }
        threads.execute(this::admit);
    }

    public int port() {
        return port;
    }

    private void admit() {
        while (door.isOpen()) {
            try {
                admit(door.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "a connection could not be accepted", e);
                pause();
            }
        }
    }

    private void admit(SocketChannel channel) throws IOException {
        if (open.size() >= most) {
            channel.close();
            return;
        }
        ContentConnection connection = new ContentConnection(self, channel, files, contents, onRefusal);
        open.add(connection);
        try {
            threads.execute(() -> serve(connection));
        } catch (RuntimeException e) {
            // The pool has been shut down.
            leave(connection);
        }
    }

    private void serve(ContentConnection connection) {
        try {
            connection.serve();
        } finally {
            leave(connection);
        }
    }

    private void leave(ContentConnection connection) {
        connection.end();
        synchronized (open) {
            open.remove(connection);
            open.notifyAll();
        }
    }

    /** To be called every few seconds: ends connections on which nothing moves. */
    public void sweep() {
        long now = System.nanoTime();
        open.stream()
                .filter(connection -> now - connection.lastProgress() > STALLED_NANOS)
                .forEach(ContentConnection::end);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the content port did not close", e);
        }
        open.forEach(ContentConnection::end);
        long deadline = System.nanoTime() + END_NANOS;
        synchronized (open) {
            try {
                for (long left = END_NANOS; !open.isEmpty() && left > 0; left = deadline - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(open, left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
