package org.craq.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.craq.manager.routing.ReadPolicy;
import org.craq.server.Settings;
import org.junit.jupiter.api.Test;

class ManagerConfigTest {
    @Test
    void hasTheseDefaults() {
        assertThat(ManagerConfig.read(new Settings(Map.<String, String>of()::get)))
                .isEqualTo(new ManagerConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 9005),
                        3,
                        ReadPolicy.TAIL_PREFERRED,
                        Duration.ofSeconds(2),
                        Duration.ofMillis(500),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(10)));
    }

    @Test
    void readsTheseNames() {
        Map<String, String> given = Map.of(
                "craq.manager.bind", "127.0.0.2",
                "craq.manager.grpc.port", "19005",
                "craq.chain.length", "5",
                "craq.read.policy", "spread",
                "craq.lease.millis", "4000",
                "craq.lease.margin.millis", "700",
                "craq.heartbeat.millis", "1000",
                "craq.revive.grace.millis", "30000");
        assertThat(ManagerConfig.read(new Settings(given::get)))
                .isEqualTo(new ManagerConfig(
                        new InetSocketAddress("127.0.0.2", 19005),
                        5,
                        ReadPolicy.SPREAD,
                        Duration.ofSeconds(4),
                        Duration.ofMillis(700),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30)));
    }

    @Test
    void namesThePropertyOfABadValue() {
        assertRefused("craq.manager.grpc.port", "70000", "must be a whole number from 1 to 65535");
        assertRefused("craq.manager.bind", "not a host", "is no address of this machine");
        assertRefused("craq.chain.length", "three", "must be a whole number from 1 to 16");
        assertRefused("craq.read.policy", "random", "must be one of tail-preferred, spread");
        assertRefused("craq.lease.millis", "600", "must be at least twice craq.heartbeat.millis");
    }

    private static void assertRefused(String name, String value, String complaint) {
        assertThatThrownBy(() -> ManagerConfig.read(new Settings(Map.of(name, value)::get)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(complaint);
    }
}
