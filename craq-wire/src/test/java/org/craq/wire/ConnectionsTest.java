package org.craq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.netty.shaded.io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final int MOST = 3;

    private final Connections connections = new Connections(MOST);
    private final List<Peer> peers = new ArrayList<>();

    private static final class Peer extends EmbeddedChannel {
        private final SocketAddress address;

        Peer(String host, int port) {
            this.address = new InetSocketAddress(host, port);
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return address;
        }
    }

    private Peer connect() {
        return connect("127.0.0.1");
    }

    private Peer connect(String host) {
        Peer peer = new Peer(host, 10_000 + peers.size());
        peers.add(peer);
        connections.admit(peer);
        return peer;
    }

    private void call(Peer peer, boolean node) {
        connections.used(peer.remoteAddress(), node).run();
    }

    @Test
    void whoHasNotCalledGivesWayFirstThenWhoIsUsedLeastLately() {
        Peer early = connect();
        Peer silent = connect();
        Peer busy = connect();
        call(early, false);
        call(busy, false);
        Peer next = connect();
        assertThat(silent.isOpen()).isFalse();
        call(next, false);
        connect();
        assertThat(early.isOpen()).isFalse();
        assertThat(busy.isOpen()).isTrue();
        assertThat(connections.size()).isEqualTo(MOST);
    }

    @Test
    void oneAddressDisplacesItsOwnConnectionsAndNotThoseOfOthers() {
        Peer used = connect("10.0.0.1");
        call(used, false);
        Peer silent = connect("10.0.0.2");
        for (int i = 0; i < 5 * MOST; i++) {
            connect("10.0.0.3");
        }
        assertThat(used.isOpen()).isTrue();
        for (int i = 0; i < 5 * MOST; i++) {
            call(connect("10.0.0.3"), false);
        }
        assertThat(used.isOpen()).isTrue();
        assertThat(silent.isOpen()).as("never called").isFalse();
        assertThat(connections.size()).isEqualTo(MOST);
    }

    @Test
    void nodesKeepTheirPlacesHoweverManyUsersCome() {
        Peer node = connect();
        call(node, true);
        for (int i = 0; i < 3 * MOST; i++) {
            call(connect(), false);
        }
        assertThat(node.isOpen()).isTrue();
        assertThat(connections.size()).isEqualTo(MOST + 1);
    }

    @Test
    void nodesHaveABoundToo() {
        for (int i = 0; i < 3 * MOST; i++) {
            call(connect(), true);
        }
        assertThat(connections.size()).isEqualTo(MOST);
        assertThat(peers.get(3 * MOST - 1).isOpen()).isTrue();
    }
}
