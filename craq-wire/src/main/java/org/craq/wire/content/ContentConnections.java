package org.craq.wire.content;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.craq.wire.tls.ContentTls;

/**
 * A pool of connections to the content ports of nodes, with the state of each port. Nodes report their ports over gRPC. A port that can't
 * be reached is avoided for 30 s; until then contents go over gRPC. Thread-safe; {@link #close} closes every connection, including those in
 * use.
 *
 * @param <N> identifies a node, with {@code equals} and {@code hashCode}
 */
public final class ContentConnections<N> implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ContentConnections.class.getName());
    /** Shorter than the time after which a node closes an idle connection. */
    private static final Duration MOST_IDLE = Duration.ofSeconds(30);

    /** A connection takes no request after this time, so that nobody keeps using a certificate that was exchanged. */
    private static final Duration MOST_AGE = Duration.ofHours(1);

    private static final Duration AVOIDED = Duration.ofSeconds(30);
    /** No connection is opened with a session that is over within this time, by clocks that need not agree. */
    private static final Duration SESSION_MARGIN = Duration.ofSeconds(60);
    /** Maximum number of remembered nodes; beyond it the least recently used one is forgotten. */
    private static final int MOST_NODES = 256;

    private final Function<N, String> address;
    private final Function<N, Optional<ContentTls>> tls;
    private final int mostIdle;
    private final Map<N, Port> ports = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<ContentConnection> used = new HashSet<>();
    private boolean closed;

    /** The state of one node's port. */
    private static final class Port {
        private final Deque<ContentConnection> idle = new ArrayDeque<>();
        /** The port number; 0 if it is not known. */
        private int number;

        private Optional<ContentSession> session = Optional.empty();
        private long sessionSince;
        private boolean reached;
        private boolean failed;
        private long failedAt;

        private boolean isAvoided() {
            failed &= System.nanoTime() - failedAt < AVOIDED.toNanos();
            return failed;
        }

        /** Returns false if connections need a session, and the one at hand will soon be over. */
        private boolean canOpen() {
            return session.flatMap(ContentSession::lasts)
                    .map(lasts -> System.nanoTime() - sessionSince
                            < lasts.minus(SESSION_MARGIN).toNanos())
                    .orElse(true);
        }

        private void endIdle() {
            idle.forEach(ContentConnection::close);
            idle.clear();
        }
    }

    /**
     * Creates an empty pool.
     *
     * @param address returns the host:port of a node's gRPC server; only the host is used
     * @param tls returns how connections to a node are encrypted if its port demands that; empty: they can't be
     * @param mostIdle maximum number of idle connections kept to each node
     */
    public ContentConnections(Function<N, String> address, Function<N, Optional<ContentTls>> tls, int mostIdle) {
        this.address = address;
        this.tls = tls;
        this.mostIdle = mostIdle;
    }

    private Port port(N node) {
        Port port = ports.computeIfAbsent(node, each -> new Port());
        if (ports.size() > MOST_NODES) {
            Map.Entry<N, Port> eldest = ports.entrySet().iterator().next();
            eldest.getValue().endIdle();
            ports.remove(eldest.getKey());
        }
        return port;
    }

    /** Returns false while the node's contents must go over gRPC, because its port failed within the last 30 s. */
    public synchronized boolean allows(N node) {
        return !closed && !port(node).isAvoided();
    }

    /** Returns true if the node's port is known and not being avoided, so that a connection is worth trying. */
    public synchronized boolean knows(N node) {
        return allows(node) && port(node).number != 0 && port(node).canOpen();
    }

    /** Returns true if the port has been reached and has not failed since. */
    public synchronized boolean reaches(N node) {
        return knows(node) && port(node).reached;
    }

    /** Records the port that the node reported, and the session for new connections. A port that changed is no longer avoided. */
    public synchronized void learn(N node, ContentAddress address) {
        Port port = port(node);
        port.session = address.session();
        port.sessionSince = System.nanoTime();
        if (port.number != address.port()) {
            port.number = address.port();
            port.reached = false;
            port.failed = false;
            port.endIdle();
        }
    }

    /** Closes the idle connections to a node that has closed one of them or may have restarted. */
    public synchronized void endIdle(N node) {
        port(node).endIdle();
    }

    /**
     * Returns an idle connection or makes a new one; empty if no usable port is known or the connection fails. May wait until the
     * connection is established.
     */
    public Optional<ContentConnection> take(N node) {
        int number;
        Optional<ContentSession> session;
        synchronized (this) {
            Port port = port(node);
            for (ContentConnection next = port.idle.poll(); next != null; next = port.idle.poll()) {
                if (!next.idleFor(MOST_IDLE) && !next.olderThan(MOST_AGE) && next.quiet()) {
                    used.add(next);
                    return Optional.of(next);
                }
                next.close();
            }
            if (!knows(node)) {
                return Optional.empty();
            }
            number = port.number;
            session = port.session;
        }
        try {
            return Optional.of(use(node, open(node, number, session)));
        } catch (IOException e) {
            avoid(node, e);
            return Optional.empty();
        }
    }

    private ContentConnection open(N node, int number, Optional<ContentSession> session) throws IOException {
        Optional<ContentTls> encryption = Optional.empty();
        if (session.map(ContentSession::tls).orElse(false)) {
            encryption = tls.apply(node);
            if (encryption.isEmpty()) {
                throw new IOException("the port demands TLS, and there are no authorities to verify the node by");
            }
        }
        return new ContentConnection(address.apply(node), number, session, encryption);
    }

    private synchronized ContentConnection use(N node, ContentConnection made) throws IOException {
        if (closed) {
            made.close();
            throw new IOException("the connections are closed");
        }
        port(node).reached = true;
        used.add(made);
        return made;
    }

    /** Records that the port failed: contents go over gRPC for 30 s, unless the node reports another port earlier. */
    public synchronized void avoid(N node, Exception why) {
        LOG.log(
                Level.DEBUG,
                "contents of " + node + " go over gRPC for " + AVOIDED.toSeconds() + " s: its content port failed",
                why);
        Port port = port(node);
        port.endIdle();
        port.reached = false;
        port.failed = true;
        port.failedAt = System.nanoTime();
    }

    /** Returns a connection whose answer was received completely, so that it can serve another request. */
    public synchronized void giveBack(N node, ContentConnection connection) {
        used.remove(connection);
        Deque<ContentConnection> idle = port(node).idle;
        if (closed || idle.size() >= mostIdle) {
            connection.close();
        } else {
            connection.rest();
            idle.push(connection);
        }
    }

    /** Closes a connection that can't be used any more. */
    public synchronized void drop(ContentConnection connection) {
        used.remove(connection);
        connection.close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        ports.values().forEach(Port::endIdle);
        ports.clear();
        used.forEach(ContentConnection::close);
        used.clear();
    }
}
