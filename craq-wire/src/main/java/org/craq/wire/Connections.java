package org.craq.wire;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The connections of a gRPC server, no more than a stated number of them. Whoever comes later is let in, and the one that has been used least lately gives way:
 * first those without a call. So a node always gets in, and by its first call keeps its place: connections of nodes give way to nodes only.
 */
final class Connections {
    /** Of users, and the same number of nodes. */
    static final int MOST = 512;

    private final int most;
    private final Map<SocketAddress, Connection> open = new ConcurrentHashMap<>();

    Connections(int most) {
        this.most = most;
    }

    private static final class Connection {
        private final Channel channel;
        private volatile long used = System.nanoTime();
        private volatile boolean called;
        private volatile boolean ofNode;

        Connection(Channel channel) {
            this.channel = channel;
        }

        void use() {
            used = System.nanoTime();
        }
    }

    /** What listens. */
    NioServerSocketChannel door() {
        return new Door();
    }

    private final class Door extends NioServerSocketChannel {
        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            int before = accepted.size();
            int count = super.doReadMessages(accepted);
            for (Object channel : accepted.subList(before, accepted.size())) {
                admit((Channel) channel);
            }
            return count;
        }
    }

    void admit(Channel channel) {
        SocketAddress peer = channel.remoteAddress();
        if (peer == null) {
            // It has gone already.
            return;
        }
        displace(connection -> !connection.ofNode);
        open.put(peer, new Connection(channel));
        var unused = channel.closeFuture().addListener(closed -> open.remove(peer));
    }

    /** One gives way if there is no room for another one of its kind. */
    private void displace(Predicate<Connection> kind) {
        if (open.values().stream().filter(kind).count() < most) {
            return;
        }
        Optional<Connection> victim = open.values().stream()
                .filter(kind)
                .min(Comparator.<Connection, Boolean>comparing(connection -> connection.called)
                        .thenComparing(connection -> connection.used));
        victim.ifPresent(connection -> {
            var unused = connection.channel.close();
        });
    }

    /** A call has come by it. What is returned is to be run whenever a message comes or goes. */
    Runnable used(SocketAddress peer, boolean ofNode) {
        Connection connection = open.get(peer);
        if (connection == null) {
            return () -> {};
        }
        connection.use();
        connection.called = true;
        if (ofNode && !connection.ofNode) {
            displace(other -> other.ofNode);
            connection.ofNode = true;
        }
        return connection::use;
    }

    int size() {
        return open.size();
    }
}
