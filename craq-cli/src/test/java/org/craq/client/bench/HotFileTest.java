package org.craq.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.craq.client.ClusterHttp;
import org.craq.client.CraqClient;
import org.craq.client.FakeCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HotFileTest {
    private static final long SIZE = 70_000;

    private final Bench.Watcher watcher = new NoNotes();

    private FakeCluster cluster;
    private CraqClient client;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        client = cluster.client().build();
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    /** The shortest measurement: each reader and each writer does one operation. */
    private static HotFileSettings settings(int readers, int writers) {
        return new HotFileSettings(SIZE, readers, writers, Duration.ofNanos(1), Duration.ZERO);
    }

    private HotFile file(int readers, int writers) {
        return new HotFile(
                client,
                ClusterHttp.of(Optional.empty()),
                settings(readers, writers),
                LocalProcesses.Known.nothing(),
                watcher);
    }

    @Test
    void readersAndWritersAreCountedApart() throws Exception {
        try (HotFile file = file(3, 2)) {
            HotFileResult result = file.measure();
            assertThat(result.reads().firstError()).isEmpty();
            assertThat(result.writes().firstError()).isEmpty();
            assertThat(result.reads().operations()).isEqualTo(3);
            assertThat(result.writes().operations()).isEqualTo(2);
            assertThat(result.readsByNode().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(3);
            assertThat(result.rate(result.writes()))
                    .isEqualTo(result.writes().operationsPerSecond() * SIZE / (1 << 20));
            assertThat(client.listAll("craq-bench/")).hasSize(1);
        }
        assertThat(client.listAll("craq-bench/")).isEmpty();
    }

    @Test
    void whoIsNotThereDoesNothing() throws Exception {
        try (HotFile file = file(0, 1)) {
            HotFileResult result = file.measure();
            assertThat(result.reads().operations()).isZero();
            assertThat(result.rate(result.reads())).isZero();
            assertThat(result.writes().operations()).isEqualTo(1);
        }
    }

    @Test
    void readsOfAWarmUpAreNotCounted() throws Exception {
        HotFileSettings settings = new HotFileSettings(SIZE, 1, 0, Duration.ofNanos(1), Duration.ofNanos(1));
        try (HotFile file = new HotFile(
                client, ClusterHttp.of(Optional.empty()), settings, LocalProcesses.Known.nothing(), watcher)) {
            assertThat(file.measure().readsByNode().values()).containsExactly(1L);
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> settings(0, 0)).hasMessageContaining("a reader or a writer");
        assertThatThrownBy(() -> settings(-1, 1)).hasMessageContaining("0 to 1024");
        assertThatThrownBy(() -> new HotFileSettings(0, 1, 1, Duration.ofSeconds(1), Duration.ZERO))
                .hasMessageContaining("at least 1 byte");
    }
}
