package org.craq.node.content;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.craq.core.chain.NodeId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.ErrorInterceptor;
import org.craq.wire.Errors;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ContentRequest.WhatCase;
import org.craq.wire.v1.Refusal;

/**
 * The server of the content port (content.proto), on which bulk content bypasses gRPC. Unless connections are encrypted, reads go from the
 * page cache to the client's socket without passing through this process's memory; writes are received with one copy. Each connection has its own thread, so the number of
 * connections is limited; when no connection can be closed to make room, a new one is closed and its client falls back to gRPC. A client
 * that keeps its thread waiting too long is disconnected. {@link #close} leaves no thread and no socket behind.
 */
public final class ContentPort implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ContentPort.class.getName());
    private static final int BACKLOG = 128;
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PAUSE_MILLIS = 100;
    /** One connection in this many is reserved for nodes, so users may take three quarters. */
    private static final int PART_FOR_NODES = 4;

    /** One place of users in this many is kept from each address, so one may take three quarters of them. */
    private static final int PART_FOR_OTHERS = 4;

    /** A connection that has not sent its preface within this time may be closed to make room. */
    private static final Duration GREETING = Duration.ofMillis(500);

    /** A user's connection on which 64 KiB take longer than this may be closed to make room. */
    private static final Duration SLOW = Duration.ofSeconds(3);

    private final NodeId self;
    private final int most;
    private final Optional<ContentSessions> sessions;
    private final Optional<SslContext> tls;
    private final Executor threads;
    private final BiConsumer<String, ErrorCode> onRefusal;
    private final ServerSocketChannel door;
    private final int port;
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final Set<ServedConnection> open = ConcurrentHashMap.newKeySet();

    /**
     * Binds the port; connections are accepted from {@link #open} on.
     *
     * @param address the address to bind; port 0 picks a free port
     * @param most maximum number of connections
     * @param sessions with which clients must authenticate their messages; empty if they need not
     * @param tls encrypts all connections; empty: they are not encrypted
     * @param threads provides a thread for each connection, and one to accept connections
     * @param onRefusal receives the full name of the equivalent gRPC method and the error code of each refusal
     * @throws IOException when the port can't be bound
     */
    public ContentPort(
            NodeId self,
            InetSocketAddress address,
            int most,
            Optional<ContentSessions> sessions,
            Optional<SslContext> tls,
            Executor threads,
            BiConsumer<String, ErrorCode> onRefusal)
            throws IOException {
        this.self = self;
        this.most = most;
        this.sessions = sessions;
        this.tls = tls;
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
                            + e.getMessage() + "; if the port is in use, change craq.node.content.port",
                    e);
        } catch (IOException | RuntimeException e) {
            door.close();
            throw e;
        }
    }

    public int port() {
        return port;
    }

    /** Returns the current number of connections. */
    public int connections() {
        return open.size();
    }

    /** Returns the number of connections that are waiting for a request. */
    int resting() {
        return (int) open.stream().filter(ServedConnection::resting).count();
    }

    /** Returns the bytes of content received since the start. */
    public long received() {
        return received.sum();
    }

    /** Returns the bytes of content sent since the start. */
    public long sent() {
        return sent.sum();
    }

    /** Starts to accept connections. */
    public void open(Map<WhatCase, ContentHandler> handlers) {
        threads.execute(() -> admit(handlers));
    }

    private void admit(Map<WhatCase, ContentHandler> handlers) {
        while (door.isOpen()) {
            try {
                admit(door.accept(), handlers);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException | Error e) {
                // Keep accepting even when threads or memory run out: nothing would restart this loop.
                LOG.log(Level.WARNING, "a connection could not be accepted", e);
                pause();
            }
        }
    }

    private void admit(SocketChannel channel, Map<WhatCase, ContentHandler> handlers) {
        ServedConnection connection = new ServedConnection(channel, sessions, tls, received, sent);
        boolean served = false;
        try {
            if (open.size() >= most && !makeRoom()) {
                return;
            }
            open.add(connection);
            if (!door.isOpen()) {
                return;
            }
            threads.execute(() -> serve(connection, handlers));
            served = true;
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "no thread is free for a new connection", e);
        } finally {
            if (!served) {
                leave(connection);
            }
        }
    }

    /**
     * Closes one connection to make room: one that is late with its preface, else an idle one (users' before nodes'), else a slow user's.
     * Of several it picks one of the address that has most connections, and of these the one that has waited longest for its client.
     * Returns false if there is none.
     */
    private boolean makeRoom() {
        Optional<ServedConnection> gives = longest(each -> each.greeted(false), GREETING)
                .or(() -> longest(each -> each.resting() && !each.ofNode(), Duration.ZERO))
                .or(() -> longest(ServedConnection::resting, Duration.ZERO))
                .or(() -> longest(each -> !each.ofNode(), SLOW));
        gives.ifPresent(ServedConnection::end);
        return gives.isPresent();
    }

    /** Returns the matching connection to close, of those that have waited for their client at least the given time. */
    private Optional<ServedConnection> longest(Predicate<ServedConnection> kind, Duration than) {
        return open.stream()
                .filter(kind)
                .filter(each -> each.waited().compareTo(than) >= 0)
                .max(Comparator.<ServedConnection>comparingLong(
                                each -> count(other -> other.peer().equals(each.peer())))
                        .thenComparing(ServedConnection::waited));
    }

    private long count(Predicate<ServedConnection> kind) {
        return open.stream().filter(kind).count();
    }

    private void serve(ServedConnection connection, Map<WhatCase, ContentHandler> handlers) {
        try {
            if (!connection.greeted()) {
                return;
            }
            boolean goesOn = true;
            while (goesOn && connection.asked()) {
                goesOn = answer(connection.request(), connection, handlers);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a client disconnected", e);
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.log(Level.ERROR, "a connection to the content port failed unexpectedly", e);
        } finally {
            leave(connection);
        }
    }

    /** Answers one request. Returns false if the connection can't serve another one. */
    private boolean answer(ContentRequest request, ServedConnection connection, Map<WhatCase, ContentHandler> handlers)
            throws IOException {
        ContentHandler handler = handlers.get(request.getWhatCase());
        if (handler == null || !request.getNodeId().equals(self.value())) {
            // The client falls back to gRPC. It may mean a node that used this address earlier.
            LOG.log(
                    Level.DEBUG,
                    "closing a connection: {0} for node {1} is not served here",
                    request.getWhatCase(),
                    request.getNodeId());
            return false;
        }
        if (!request.hasPush() && isCrowded(connection.peer())) {
            // The client falls back to gRPC, so that connections remain for nodes, and for users at other addresses.
            LOG.log(Level.DEBUG, "closing a connection: as many users are being served as the limit allows");
            return false;
        }
        try {
            handler.answer(request, connection);
            connection.flush();
            return true;
        } catch (RuntimeException e) {
            connection.working(false);
            boolean goesOn = connection.clear();
            connection.put(refusal(handler.method(), e));
            connection.flush();
            if (connection.receiving()) {
                connection.drain();
            }
            return goesOn;
        }
    }

    /** Returns whether more users are being served than may be, in all or at this address. */
    private boolean isCrowded(String peer) {
        int places = most - most / PART_FOR_NODES;
        Predicate<ServedConnection> users = each -> !each.ofNode() && !each.resting() && each.greeted(true);
        return count(users) > places
                || count(users.and(each -> each.peer().equals(peer))) > places - places / PART_FOR_OTHERS;
    }

    private ContentReply refusal(String method, RuntimeException e) {
        CraqException failure = Errors.classify(e);
        UUID instance = UUID.randomUUID();
        ErrorInterceptor.log(method, instance, failure, e);
        onRefusal.accept(method, failure.code());
        return ContentReply.newBuilder()
                .setRefusal(Refusal.newBuilder()
                        .setCode(failure.code().name())
                        .setText(failure.getMessage())
                        .setInstance(instance.toString())
                        .setRetryAfterMillis(
                                (int) Errors.pauseMillis(failure.retryAfter().orElse(Duration.ZERO))))
                .build();
    }

    private void leave(ServedConnection connection) {
        connection.close();
        synchronized (open) {
            open.remove(connection);
            open.notifyAll();
        }
    }

    /**
     * Closes connections whose client keeps its thread waiting too long. Call this every second.
     *
     * @param othersWait whether other uploads are waiting for a permit
     */
    public void sweep(boolean othersWait) {
        boolean crowded = open.size() > most * 3 / 4;
        open.stream()
                .filter(connection -> connection.stalled(crowded, othersWait))
                .forEach(ServedConnection::end);
    }

    /** Closes connections that have waited for their client for longer than the given time. */
    void sweep(Duration stalled) {
        open.stream()
                .filter(connection -> connection.waited().compareTo(stalled) > 0)
                .forEach(ServedConnection::end);
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
        open.forEach(ServedConnection::end);
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
