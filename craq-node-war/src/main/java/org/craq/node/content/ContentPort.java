package org.craq.node.content;

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
 * A second door for contents, past gRPC (content.proto): what is read goes from the page cache to the asker's socket and is not touched
 * here, what is written comes in with one copy. Each connection has a thread, so there are no more than a stated number; whoever comes later is
 * sent away, and goes on by gRPC. An asker that lets its thread wait for too long is cut off. {@link #close} leaves no thread and no socket
 * behind.
 */
public final class ContentPort implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ContentPort.class.getName());
    private static final int BACKLOG = 128;
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PAUSE_MILLIS = 100;
    /** A quarter of the connections is not for users. */
    private static final int PART_FOR_NODES = 4;

    /** After which who has not greeted gives way to others. */
    private static final Duration GREETING = Duration.ofMillis(500);

    /** After which a user with whom no 64 KiB move gives way to others. */
    private static final Duration SLOW = Duration.ofSeconds(3);

    private final NodeId self;
    private final int most;
    private final Executor threads;
    private final BiConsumer<String, ErrorCode> onRefusal;
    private final ServerSocketChannel door;
    private final int port;
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final Set<ServedConnection> open = ConcurrentHashMap.newKeySet();

    /**
     * Takes the port; nobody is let in yet.
     *
     * @param address with port 0 for any that is free
     * @param most connections at once
     * @param threads one for each connection, and one more
     * @param onRefusal gets the gRPC method that means the same, and the code
     * @throws IOException when the port can't be bound
     */
    public ContentPort(
            NodeId self, InetSocketAddress address, int most, Executor threads, BiConsumer<String, ErrorCode> onRefusal)
            throws IOException {
        this.self = self;
        this.most = most;
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
        } catch (IOException | RuntimeException e) {
            door.close();
            throw e;
        }
    }

    public int port() {
        return port;
    }

    /** Connections at this moment. */
    public int connections() {
        return open.size();
    }

    /** Those of them that wait for a request. */
    int resting() {
        return (int) open.stream().filter(ServedConnection::resting).count();
    }

    /** Bytes of content that came in here, since the start. */
    public long received() {
        return received.sum();
    }

    /** Bytes of content that went out here, since the start. */
    public long sent() {
        return sent.sum();
    }

    /** Lets askers in. */
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
                // Also when there are no more threads, or memory: nobody would open the door again.
                LOG.log(Level.WARNING, "a connection could not be accepted", e);
                pause();
            }
        }
    }

    private void admit(SocketChannel channel, Map<WhatCase, ContentHandler> handlers) {
        ServedConnection connection = new ServedConnection(channel, received, sent);
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
            LOG.log(Level.DEBUG, "no more threads", e);
        } finally {
            if (!served) {
                leave(connection);
            }
        }
    }

    /**
     * One gives way: who has not greeted yet and could have, else who asks for nothing just now, else a user with whom little moves. False when there is no
     * such one.
     */
    private boolean makeRoom() {
        Optional<ServedConnection> gives = longest(each -> each.greeted(false), GREETING)
                .or(() -> longest(each -> each.resting() && !each.ofNode(), Duration.ZERO))
                .or(() -> longest(ServedConnection::resting, Duration.ZERO))
                .or(() -> longest(each -> !each.ofNode(), SLOW));
        gives.ifPresent(ServedConnection::end);
        return gives.isPresent();
    }

    /** Whoever of that kind has let its thread wait for longest, and for longer than that. */
    private Optional<ServedConnection> longest(Predicate<ServedConnection> kind, Duration than) {
        return open.stream()
                .filter(kind)
                .filter(each -> each.waited().compareTo(than) >= 0)
                .max(Comparator.comparing(ServedConnection::waited));
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
            LOG.log(Level.DEBUG, "an asker has gone", e);
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.log(Level.ERROR, "a connection to the content port broke down", e);
        } finally {
            leave(connection);
        }
    }

    /** False when nothing more can be asked on this connection. */
    private boolean answer(ContentRequest request, ServedConnection connection, Map<WhatCase, ContentHandler> handlers)
            throws IOException {
        ContentHandler handler = handlers.get(request.getWhatCase());
        if (handler == null || !request.getNodeId().equals(self.value())) {
            // The caller finds another way; another node may have listened here once.
            LOG.log(Level.DEBUG, "not for this node: {0} at {1}", request.getWhatCase(), request.getNodeId());
            return false;
        }
        if (!request.hasPush() && users() > most - most / PART_FOR_NODES) {
            // It goes by gRPC, and nodes find a place.
            LOG.log(Level.DEBUG, "{0} users are served here already", users());
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

    private long users() {
        return open.stream()
                .filter(each -> !each.ofNode() && !each.resting() && each.greeted(true))
                .count();
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
                        .setInstance(instance.toString()))
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
     * To be called every second: ends connections whose asker lets its thread wait for too long.
     *
     * @param othersWait true while others wait for the turn of an upload
     */
    public void sweep(boolean othersWait) {
        boolean crowded = open.size() > most * 3 / 4;
        open.stream()
                .filter(connection -> connection.stalled(crowded, othersWait))
                .forEach(ServedConnection::end);
    }

    /** The same with less patience. */
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
