package org.craq.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.craq.core.leadership.ManagerIdentity;
import org.craq.manager.routing.ReadPolicy;
import org.craq.server.Settings;
import org.junit.jupiter.api.Test;

class ManagerConfigTest {
    @Test
    void hasTheseDefaults() {
        assertThat(ManagerConfig.read(new Settings(Map.<String, String>of()::get)))
                .isEqualTo(new ManagerConfig(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 9005),
                        new ManagerIdentity("127.0.0.1:9005", "127.0.0.1:9005", "http://127.0.0.1:8080"),
                        Duration.ofMillis(1200),
                        3,
                        ReadPolicy.TAIL_PREFERRED,
                        Duration.ofSeconds(2),
                        Duration.ofMillis(200),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(10)));
    }

    @Test
    void readsTheseNames() {
        Map<String, String> given = Map.ofEntries(
                Map.entry("craq.manager.bind", "127.0.0.2"),
                Map.entry("craq.manager.grpc.port", "19005"),
                Map.entry("craq.manager.id", "m2"),
                Map.entry("craq.manager.grpc.address", "inside:9005"),
                Map.entry("craq.manager.http.url", "http://inside"),
                Map.entry("craq.manager.takeover.millis", "6000"),
                Map.entry("craq.chain.length", "5"),
                Map.entry("craq.read.policy", "spread"),
                Map.entry("craq.lease.millis", "4000"),
                Map.entry("craq.lease.margin.millis", "700"),
                Map.entry("craq.heartbeat.millis", "1000"),
                Map.entry("craq.revive.grace.millis", "30000"));
        assertThat(ManagerConfig.read(new Settings(given::get)))
                .isEqualTo(new ManagerConfig(
                        new InetSocketAddress("127.0.0.2", 19005),
                        new ManagerIdentity("m2", "inside:9005", "http://inside"),
                        Duration.ofSeconds(6),
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
        assertRefused("craq.manager.bind", "not a host", "is not an address of this machine");
        assertRefused("craq.manager.takeover.millis", "100", "must be at least 600");
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
