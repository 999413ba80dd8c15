package org.craq.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.core.chain.NodeId;
import org.craq.server.Settings;
import org.junit.jupiter.api.Test;

class NodeConfigTest {
    @Test
    void hasTheseDefaults() {
        assertThat(NodeConfig.read(new Settings(Map.of("jboss.server.data.dir", "base")::get)))
                .isEqualTo(new NodeConfig(
                        new NodeId("n1"),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 8001),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        256,
                        Optional.empty(),
                        "127.0.0.1:8001",
                        "http://127.0.0.1:8080",
                        Path.of("base", "craq", "n1"),
                        List.of("127.0.0.1:9005"),
                        new StorageConfig(OptionalLong.empty(), 32L << 20, 8L << 20, Duration.ofDays(7), 256L << 10),
                        10,
                        Duration.ofDays(1),
                        Duration.ofDays(1),
                        32L << 20));
    }

    @Test
    void readsTheseNames() {
        Map<String, String> given = new HashMap<>(Map.of(
                "craq.node.id", "left",
                "craq.node.bind", "127.0.0.2",
                "craq.node.grpc.port", "18001",
                "craq.node.grpc.address", "left.example:18001",
                "craq.node.http.url", "http://left.example/",
                "craq.node.data", "chunks",
                "craq.manager", "a:1, b:2",
                "craq.node.disk.reserve", "1000",
                "craq.node.compaction.rate", "2000",
                "craq.node.scrub.rate", "0"));
        given.put("craq.node.content.port", "18101");
        given.put("craq.node.content.connections", "7");
        given.put("craq.node.content.mode", "crc");
        given.put("craq.node.disk.direct", "4096");
        given.put("craq.node.setaside.days", "30");
        given.put("craq.node.retention.versions", "3");
        given.put("craq.node.uploads.expire.seconds", "120");
        given.put("craq.node.cache.bytes", "4096");
        given.put("craq.node.retention.window.seconds", "60");
        assertThat(NodeConfig.read(new Settings(given::get)))
                .isEqualTo(new NodeConfig(
                        new NodeId("left"),
                        new InetSocketAddress("127.0.0.2", 18001),
                        new InetSocketAddress("127.0.0.2", 18101),
                        7,
                        Optional.of(ContentMode.CRC),
                        "left.example:18001",
                        "http://left.example",
                        Path.of("chunks"),
                        List.of("a:1", "b:2"),
                        new StorageConfig(OptionalLong.of(1000), 2000, 0, Duration.ofDays(30), 4096),
                        3,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(2),
                        4096));
    }

    @Test
    void contentsThatLeaveTheMachineAreEncryptedIfSecurityIsOn() {
        assertThat(mode(true, Map.of())).isEqualTo(ContentMode.CRC);
        assertThat(mode(true, Map.of("craq.node.bind", "0.0.0.0"))).isEqualTo(ContentMode.SECURE);
        assertThat(mode(true, Map.of("craq.node.grpc.address", "n1.example:8001")))
                .isEqualTo(ContentMode.SECURE);
        assertThat(mode(false, Map.of("craq.node.bind", "0.0.0.0"))).isEqualTo(ContentMode.CRC);
        assertThat(mode(true, Map.of("craq.node.bind", "0.0.0.0", "craq.node.content.mode", "crc")))
                .isEqualTo(ContentMode.CRC);
        assertThat(mode(true, Map.of("craq.node.content.mode", "secure"))).isEqualTo(ContentMode.SECURE);
        assertThat(mode(true, Map.of("craq.node.content.mode", "auto"))).isEqualTo(ContentMode.CRC);
        assertThatThrownBy(() -> mode(false, Map.of("craq.node.content.mode", "secure")))
                .hasMessageContaining("craq.node.content.mode=secure needs security");
    }

    private static ContentMode mode(boolean security, Map<String, String> given) {
        return NodeConfig.read(new Settings(given::get)).effectiveContentMode(security);
    }

    @Test
    void namesThePropertyOfABadValue() {
        assertRefused("craq.node.content.mode", "tls", "craq.node.content.mode is 'tls', but must be auto, secure");
        assertRefused("craq.node.content.clear", "true", "remove it, and write craq.node.content.mode=crc");
        assertRefused("craq.node.id", "a b", "craq.node.id: node id 'a b' must be");
        assertRefused("craq.node.grpc.port", "0", "craq.node.grpc.port is '0', but must be");
        assertRefused("craq.manager", "manager", "craq.manager: 'manager' is not of the form host:port");
        assertRefused("craq.node.scrub.rate", "-1", "craq.node.scrub.rate is '-1', but must be a number of bytes");
        assertRefused("craq.node.disk.reserve", "2G", "craq.node.disk.reserve is '2G', but must be a number of bytes");
        assertRefused("craq.manager", ",", "craq.manager needs at least one");
    }

    private static void assertRefused(String name, String value, String complaint) {
        assertThatThrownBy(() -> NodeConfig.read(new Settings(Map.of(name, value)::get)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint);
    }
}
