package org.craq.client;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.craq.wire.ContentConnection;

/**
 * Connections to the content ports of nodes, and what is known of those ports: a node tells of its own in the answer to a read by gRPC.
 * Where one can't be reached, reads go by gRPC for a while. Thread-safe; {@link #close} ends every connection, those in use
 * included.
 */
final class ContentConnections implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ContentConnections.class.getName());

    /** Less than the time after which a node ends a connection that nothing moves on. */
    private static final Duration MOST_IDLE = Duration.ofSeconds(30);

    private static final Duration SHUNNED = Duration.ofSeconds(30);
    private static final int MOST_RESTING = 64;

    private final Map<Peer, Door> doors = new HashMap<>();
    private final Set<ContentConnection> used = new HashSet<>();
    private boolean closed;

    /** What is known of one node. */
    private static final class Door {
        private final Deque<ContentConnection> resting = new ArrayDeque<>();
        /** 0: not known. */
        private int port;

        private long shunnedAt;
        private boolean shunned;

        private boolean isShunned() {
            shunned &= System.nanoTime() - shunnedAt < SHUNNED.toNanos();
            return shunned;
        }
    }

    /** True if reads need not go by gRPC once the port is known. */
    synchronized boolean welcome(Peer node) {
        return !closed && !door(node).isShunned();
    }

    /** True if a connection is worth trying. */
    synchronized boolean known(Peer node) {
        return welcome(node) && door(node).port != 0;
    }

    private Door door(Peer node) {
        return doors.computeIfAbsent(node, each -> new Door());
    }

    /** The node has told where its port is; 0: it has none. */
    synchronized void learn(Peer node, int port) {
        Door door = door(node);
        if (door.port != port) {
            door.port = port;
            endResting(node);
        }
    }

    /** Of what rests nothing is of use any more. */
    synchronized void endResting(Peer node) {
        Deque<ContentConnection> resting = door(node).resting;
        resting.forEach(ContentConnection::close);
        resting.clear();
    }

    /** A connection; empty while no port is known, or none can be made. */
    Optional<ContentConnection> take(Peer node) {
        int port;
        synchronized (this) {
            Door door = door(node);
            for (ContentConnection line = door.resting.poll(); line != null; line = door.resting.poll()) {
                if (!line.idleFor(MOST_IDLE) && line.quiet()) {
                    used.add(line);
                    return Optional.of(line);
                }
                line.close();
            }
            if (closed || door.port == 0 || door.isShunned()) {
                return Optional.empty();
            }
            port = door.port;
        }
        try {
            return Optional.of(use(new ContentConnection(node.address(), port)));
        } catch (IOException e) {
            shun(node, e);
            return Optional.empty();
        }
    }

    private synchronized ContentConnection use(ContentConnection line) throws IOException {
        if (closed) {
            line.close();
            throw new IOException("this CraqClient is closed");
        }
        used.add(line);
        return line;
    }

    /** It may have another port by now, or none that can be reached from here. */
    synchronized void shun(Peer node, Exception why) {
        LOG.log(Level.DEBUG, "reads at " + node + " go by gRPC for a while", why);
        learn(node, 0);
        door(node).shunned = true;
        door(node).shunnedAt = System.nanoTime();
    }

    /** A whole answer has come. */
    synchronized void giveBack(Peer node, ContentConnection line) {
        used.remove(line);
        Deque<ContentConnection> resting = door(node).resting;
        if (closed || resting.size() >= MOST_RESTING) {
            line.close();
        } else {
            line.rest();
            resting.push(line);
        }
    }

    /** It can't be used any more. */
    synchronized void drop(ContentConnection line) {
        used.remove(line);
        line.close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        doors.values().forEach(door -> door.resting.forEach(ContentConnection::close));
        doors.clear();
        used.forEach(ContentConnection::close);
        used.clear();
    }
}
