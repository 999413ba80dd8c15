package org.craq.node.replication;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.craq.core.chain.Member;
import org.craq.node.content.ContentMemory;
import org.craq.wire.ContentConnection;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.PushStart;

/** Connections to content ports of successors, for pushes past gRPC. Thread-safe; {@link #close} ends them all. */
public final class PushConnections implements AutoCloseable {
    private static final Logger LOG = System.getLogger(PushConnections.class.getName());
    /** Less than the time after which a node ends a connection that nothing moves on. */
    private static final Duration MOST_IDLE = Duration.ofSeconds(30);

    private static final int MOST_RESTING = 16;

    private final int ownPort;
    private final Executor threads;
    private final ContentMemory memory;
    private final Deque<Resting> resting = new ArrayDeque<>();
    private final Set<ContentConnection> used = new HashSet<>();
    private boolean closed;

    private record Resting(Successor successor, ContentConnection line) {}

    private record Successor(Member member, int port) {}

    /**
     * Starts nothing yet.
     *
     * @param ownPort of this node, for its predecessors; 0: it has none
     * @param threads one for each push
     */
    public PushConnections(int ownPort, Executor threads, ContentMemory memory) {
        this.ownPort = ownPort;
        this.threads = threads;
        this.memory = memory;
    }

    int ownPort() {
        return ownPort;
    }

    /** Finds out, in a thread of its own, whether a successor's port can be reached. */
    void probe(Member to, int port, Runnable onReached) {
        try {
            threads.execute(() -> {
                Successor successor = new Successor(to, port);
                try {
                    giveBack(successor, take(successor), true);
                    onReached.run();
                } catch (IOException e) {
                    LOG.log(Level.DEBUG, "pushes to " + to.node() + " go by gRPC", e);
                }
            });
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "no thread to try a successor's port", e);
        }
    }

    /**
     * Begins a push; empty when there is no thread for it.
     *
     * @param onLost told when the connection can't be made, or breaks
     */
    Optional<PushSender> push(Member to, int port, PushStart start, SuccessorSpace room, Runnable onLost) {
        PortPushSender push = new PortPushSender(
                memory,
                ContentRequest.newBuilder()
                        .setNodeId(to.node().value())
                        .setPush(start)
                        .build(),
                room,
                onLost);
        try {
            threads.execute(() -> push.run(new Line(new Successor(to, port))));
            return Optional.of(push);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "no thread for a push", e);
            return Optional.empty();
        }
    }

    private final class Line implements PortPushSender.Connection {
        private final Successor to;
        private Optional<ContentConnection> line = Optional.empty();

        private Line(Successor to) {
            this.to = to;
        }

        @Override
        public ContentConnection open() throws IOException {
            line = Optional.of(take(to));
            return line.get();
        }

        @Override
        public void done(boolean reusable) {
            line.ifPresent(mine -> giveBack(to, mine, reusable));
        }
    }

    private ContentConnection take(Successor to) throws IOException {
        synchronized (this) {
            while (!resting.isEmpty()) {
                Resting last = resting.pop();
                if (last.successor.equals(to) && !last.line.idleFor(MOST_IDLE) && last.line.quiet()) {
                    used.add(last.line);
                    return last.line;
                }
                last.line.close();
            }
        }
        ContentConnection made = new ContentConnection(to.member().grpcAddress(), to.port());
        synchronized (this) {
            used.add(made);
            if (closed) {
                made.close();
            }
        }
        return made;
    }

    private synchronized void giveBack(Successor to, ContentConnection line, boolean reusable) {
        used.remove(line);
        if (!reusable || closed || resting.size() >= MOST_RESTING) {
            line.close();
        } else {
            line.rest();
            resting.push(new Resting(to, line));
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        resting.forEach(each -> each.line.close());
        resting.clear();
        used.forEach(ContentConnection::close);
    }
}
