package org.craq.node.replication;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.craq.core.chain.Member;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.PushStart;

/** Pushes to the content ports of successors, each in a thread of its own. Thread-safe; {@link #close} ends all connections. */
public final class PushConnections implements AutoCloseable {
    private static final Logger LOG = System.getLogger(PushConnections.class.getName());
    private static final int MOST_IDLE = 16;

    private final int ownPort;
    private final Executor threads;
    private final ChunkBuffers memory;
    private final ContentConnections<Member> connections = new ContentConnections<>(Member::grpcAddress, MOST_IDLE);
    private final Set<Member> probed = ConcurrentHashMap.newKeySet();

    /**
     * Starts nothing yet.
     *
     * @param ownPort of this node, for its predecessors; 0: it has none
     * @param threads one for each push
     */
    public PushConnections(int ownPort, Executor threads, ChunkBuffers memory) {
        this.ownPort = ownPort;
        this.threads = threads;
        this.memory = memory;
    }

    int ownPort() {
        return ownPort;
    }

    /**
     * True if pushes to a successor may go to its content port. A port is tried first, in another thread, so that no push has to find out that it
     * can't be reached.
     *
     * @param port that the successor has reported
     */
    boolean reaches(Member to, int port) {
        connections.learn(to, port);
        if (connections.reaches(to)) {
            return true;
        }
        if (connections.knows(to) && probed.add(to)) {
            probe(to);
        }
        return false;
    }

    private void probe(Member to) {
        try {
            threads.execute(() -> {
                try {
                    connections.take(to).ifPresent(made -> connections.giveBack(to, made));
                } finally {
                    probed.remove(to);
                }
            });
        } catch (RuntimeException e) {
            probed.remove(to);
            LOG.log(Level.DEBUG, "no thread to try a successor's port", e);
        }
    }

    /** Begins a push; empty when there is no thread for it. */
    Optional<PushSender> push(Member to, PushStart start, SuccessorSpace room) {
        PortPushSender push = new PortPushSender(
                memory,
                ContentRequest.newBuilder()
                        .setNodeId(to.node().value())
                        .setPush(start)
                        .build(),
                room,
                new ToMember(to));
        try {
            threads.execute(push::run);
            return Optional.of(push);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "no thread for a push", e);
            return Optional.empty();
        }
    }

    private final class ToMember implements PortPushSender.Connections {
        private final Member to;

        ToMember(Member to) {
            this.to = to;
        }

        @Override
        public ContentConnection take() throws IOException {
            return connections.take(to).orElseThrow(() -> new IOException("its content port can't be reached"));
        }

        @Override
        public void giveBack(ContentConnection connection) {
            connections.giveBack(to, connection);
        }

        @Override
        public void drop(ContentConnection connection) {
            connections.drop(connection);
        }

        @Override
        public void failed(IOException why) {
            connections.avoid(to, why);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
