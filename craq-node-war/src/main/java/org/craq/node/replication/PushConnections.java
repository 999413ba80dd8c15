package org.craq.node.replication;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.node.content.ContentSessions;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.content.ContentAddress;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.tls.ContentTls;
import org.craq.wire.tls.TlsCredentials;
import org.craq.wire.v1.PushStart;

/** Sends pushes to the content ports of successors, each on its own thread. Thread-safe; {@link #close} closes all connections. */
public final class PushConnections implements AutoCloseable {
    private static final Logger LOG = System.getLogger(PushConnections.class.getName());
    private static final int MOST_IDLE = 16;

    private final int ownPort;
    private final Optional<ContentSessions> sessions;
    private final Executor threads;
    private final ChunkBuffers memory;
    private final ContentConnections<Member> connections;
    private final Set<Member> probed = ConcurrentHashMap.newKeySet();

    /**
     * Creates an object without connections.
     *
     * @param ownPort this node's own content port, which it reports to predecessors; 0 if it has none
     * @param sessions needed on that port; empty if they are not
     * @param tls this node's trusted authorities, by which it verifies successors; empty: connections can't be encrypted
     * @param threads provides a thread for each push
     */
    public PushConnections(
            int ownPort,
            Optional<ContentSessions> sessions,
            Optional<TlsCredentials> tls,
            Executor threads,
            ChunkBuffers memory) {
        this.ownPort = ownPort;
        this.sessions = sessions;
        this.threads = threads;
        this.memory = memory;
        Optional<SslContext> context = tls.map(TlsCredentials::toContents);
        this.connections = new ContentConnections<>(
                Member::grpcAddress,
                to -> context.map(trusted -> new ContentTls(trusted, to.node().value())),
                MOST_IDLE);
    }

    /** Returns where a predecessor can push to this node. */
    ContentAddress ownAddress(NodeId predecessor) {
        return new ContentAddress(ownPort, sessions.map(all -> all.issue(predecessor)));
    }

    /**
     * Returns true if pushes may go to a successor's content port. A new port is first tried on another thread, so that no push is held
     * up by a port that can't be reached.
     *
     * @param address the port that the successor has reported
     */
    boolean reaches(Member to, ContentAddress address) {
        connections.learn(to, address);
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
            LOG.log(Level.DEBUG, "no thread is free to try a successor's content port", e);
        }
    }

    /** Begins a push; empty if no thread is free for it. */
    Optional<PushSender> push(Member to, PushStart start, SuccessorSpace room) {
        PortPushSender push = new PortPushSender(to, connections, memory, start, room);
        try {
            threads.execute(push::run);
            return Optional.of(push);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "no thread is free for a push over the content port", e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
