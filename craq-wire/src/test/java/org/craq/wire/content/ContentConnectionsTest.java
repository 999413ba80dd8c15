package org.craq.wire.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContentConnectionsTest {
    private static final String NODE = "n1";

    private final ContentConnections<String> connections =
            new ContentConnections<>(node -> "127.0.0.1:1", node -> Optional.empty(), 1);
    private ServerSocket port;

    @BeforeEach
    void listen() throws IOException {
        port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        connections.close();
        port.close();
    }

    @Test
    void nothingIsTriedBeforeThePortIsKnown() {
        assertThat(connections.allows(NODE)).isTrue();
        assertThat(connections.knows(NODE)).isFalse();
        assertThat(connections.take(NODE)).isEmpty();
        connections.learn(NODE, new ContentAddress(0, Optional.empty()));
        assertThat(connections.take(NODE)).isEmpty();
    }

    @Test
    void anIdleConnectionServesAgainAndNoMoreThanSomeAreKept() {
        connections.learn(NODE, new ContentAddress(port.getLocalPort(), Optional.empty()));
        assertThat(connections.reaches(NODE)).isFalse();
        ContentConnection first = connections.take(NODE).orElseThrow();
        ContentConnection second = connections.take(NODE).orElseThrow();
        assertThat(connections.reaches(NODE)).isTrue();
        connections.giveBack(NODE, first);
        connections.giveBack(NODE, second);
        assertThat(connections.take(NODE)).containsSame(first);
        assertThat(connections.take(NODE).orElseThrow()).isNotSameAs(second);
    }

    @Test
    void aPortThatCannotBeReachedIsAvoidedUntilTheNodeReportsAnother() throws IOException {
        int gone = port.getLocalPort();
        port.close();
        connections.learn(NODE, new ContentAddress(gone, Optional.empty()));
        assertThat(connections.knows(NODE)).isTrue();
        assertThat(connections.take(NODE)).isEmpty();
        assertThat(connections.allows(NODE)).isFalse();
        connections.learn(NODE, new ContentAddress(gone, Optional.empty()));
        assertThat(connections.allows(NODE)).isFalse();
        listen();
        connections.learn(NODE, new ContentAddress(port.getLocalPort(), Optional.empty()));
        assertThat(connections.take(NODE)).isPresent();
    }

    @Test
    void aFailureEndsWhatIsIdle() {
        connections.learn(NODE, new ContentAddress(port.getLocalPort(), Optional.empty()));
        ContentConnection idle = connections.take(NODE).orElseThrow();
        connections.giveBack(NODE, idle);
        connections.avoid(NODE, new IOException("broken"));
        assertThat(connections.reaches(NODE)).isFalse();
        assertThat(connections.take(NODE)).isEmpty();
        assertThatThrownBy(() -> idle.frame(Duration.ofSeconds(1))).isInstanceOf(IOException.class);
    }

    @Test
    void closingEndsConnectionsInUseAndMakesNoMore() {
        connections.learn(NODE, new ContentAddress(port.getLocalPort(), Optional.empty()));
        ContentConnection used = connections.take(NODE).orElseThrow();
        connections.close();
        assertThatThrownBy(() -> used.frame(Duration.ofSeconds(1))).isInstanceOf(IOException.class);
        assertThat(connections.take(NODE)).isEqualTo(Optional.empty());
    }
}
