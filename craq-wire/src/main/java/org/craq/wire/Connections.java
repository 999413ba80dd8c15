package org.craq.wire;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Limits the connections of a gRPC server. A new connection is always accepted; if the limit is reached, one is closed:
 * first those that have never made a call, of these one of the address that has most connections, of these the least
 * recently used. So one address displaces its own connections, not those of others, and a node can always connect, whose
 * first call protects its connection: connections of nodes are only displaced by those of other nodes.
 */
final class Connections {
    /** Maximum number of connections of users, and of nodes. */
    static final int MOST = 512;

    private final int most;
    private final Map<SocketAddress, Connection> open = new ConcurrentHashMap<>();

    Connections(int most) {
        this.most = most;
    }

    private static final class Connection {
        private final Channel channel;
        private final String address;
        private volatile long used = System.nanoTime();
        private volatile boolean called;
        private volatile boolean ofNode;

        Connection(Channel channel, SocketAddress peer) {
            this.channel = channel;
            this.address = peer instanceof InetSocketAddress internet
                    ? CallerAddress.of(internet.getAddress().getHostAddress())
                    : "";
        }

        void use() {
            used = System.nanoTime();
        }
    }

    /** Returns the listening channel. */
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
            // The connection is already closed.
            return;
        }
        displace(connection -> !connection.ofNode);
        open.put(peer, new Connection(channel, peer));
        var unused = channel.closeFuture().addListener(closed -> open.remove(peer));
    }

    /** Closes one connection of this kind if there is no room for another. */
    private void displace(Predicate<Connection> kind) {
        List<Connection> all = open.values().stream().filter(kind).toList();
        if (all.size() < most) {
            return;
        }
        Map<String, Long> ofAddress =
                all.stream().collect(Collectors.groupingBy(connection -> connection.address, Collectors.counting()));
        Optional<Connection> victim = all.stream()
                .min(Comparator.<Connection, Boolean>comparing(connection -> connection.called)
                        .thenComparing(connection -> -ofAddress.get(connection.address))
                        .thenComparing(connection -> connection.used));
        victim.ifPresent(connection -> {
            var unused = connection.channel.close();
        });
    }

    /** Records a call on a connection. The returned action is to be run whenever a message is received or sent. */
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
