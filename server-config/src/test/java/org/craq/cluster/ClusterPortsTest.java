package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterPortsTest {
    private static final ClusterPorts.Bases USUAL = ClusterPorts.Bases.DEFAULT;

    @Test
    void theUsualPortsAreThoseOfTheManual() {
        ClusterPorts ports = ClusterPorts.from(USUAL, 3);
        assertThat(ports.managerHttp()).isEqualTo(8080);
        assertThat(ports.managerGrpc()).isEqualTo(9005);
        assertThat(ports.nodeHttp()).containsExactly(8081, 8082, 8083);
        assertThat(ports.nodeGrpc()).containsExactly(8001, 8002, 8003);
    }

    @Test
    void anOffsetMovesEveryPort() {
        ClusterPorts usual = ClusterPorts.from(USUAL, 3);
        ClusterPorts moved = ClusterPorts.from(USUAL.shifted(100), 3);
        for (int i = 0; i < usual.uses().size(); i++) {
            assertThat(moved.uses().get(i).port()).isEqualTo(usual.uses().get(i).port() + 100);
        }
    }

    @Test
    void everyServerHasItsOwnPorts() {
        assertThat(ClusterPorts.from(USUAL, ClusterOptions.MAX_NODES).uses())
                .extracting(ClusterPorts.Use::port)
                .doesNotHaveDuplicates();
    }

    @Test
    void furtherManagersHavePortsThatNobodyElseHas() {
        ClusterPorts ports = ClusterPorts.from(USUAL, ClusterOptions.MAX_NODES, ClusterPorts.MAX_MANAGERS);
        assertThat(ports.managers()).isEqualTo(ClusterPorts.MAX_MANAGERS);
        assertThat(ports.furtherManagers().get(0)).isEqualTo(new ClusterPorts.ServerPorts(9006, 8070, 9980));
        assertThat(ports.uses()).extracting(ClusterPorts.Use::port).doesNotHaveDuplicates();
        assertThat(ports.uses()).extracting(ClusterPorts.Use::owner).contains("manager2", "manager5");
        assertThat(ClusterPorts.free(3, 2).managers()).isEqualTo(2);
    }

    @Test
    void freePortsAreGivenOnce() {
        // If a hundred clusters chose independently from 12,000 ports, some would almost certainly share a port.
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ClusterPorts.free(3).uses().forEach(use -> all.add(use.port()));
        }
        assertThat(all).hasSize(1300).doesNotHaveDuplicates();
    }

    @Test
    void aPortGivenTwiceIsRefusedWithBothOptions() {
        assertThatThrownBy(() -> ClusterPorts.from(new ClusterPorts.Bases(15432, 9005, 8081, 8080, 9990), 3))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("--grpc-port")
                .hasMessageContaining("--http-port");
    }

    @Test
    void aPortOutOfRangeIsRefused() {
        assertThatThrownBy(() -> ClusterPorts.from(USUAL.shifted(60_000), 3))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("out of range");
    }
}
