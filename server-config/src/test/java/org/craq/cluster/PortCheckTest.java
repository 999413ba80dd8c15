package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortCheckTest {
    @Test
    void aPortInUseIsNamedWithItsOwnerAndTheOptionThatMovesIt() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<ClusterPorts.Use> uses =
                    List.of(new ClusterPorts.Use(taken.getLocalPort(), "n2", "HTTP", "--http-port"));
            assertThatThrownBy(() -> PortCheck.requireFree(uses))
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()))
                    .hasMessageContaining("HTTP of n2")
                    .hasMessageContaining("--http-port")
                    .hasMessageContaining("--port-offset");
        }
    }

    @Test
    void freePortsPass() {
        List<ClusterPorts.Use> uses = ClusterPorts.free(3).uses();
        assertThatCode(() -> PortCheck.requireFree(uses)).doesNotThrowAnyException();
    }
}
