package org.craq.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.craq.client.ClusterHttp;
import org.craq.client.CraqClient;
import org.craq.client.FakeCluster;
import org.craq.client.PutOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BenchTest {
    private static final long SIZE = 200_000;

    private FakeCluster cluster;
    private CraqClient client;
    private final List<String> notes = new ArrayList<>();

    private final Bench.Watcher watcher = new Bench.Watcher() {
        @Override
        public LongConsumer stage(String what) {
            return bytes -> {};
        }

        @Override
        public void note(String text) {
            notes.add(text);
        }
    };

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

    /** The shortest measurement: every client does one operation. */
    private static BenchSettings settings(long size) {
        return new BenchSettings(
                OptionalLong.of(size),
                OptionalInt.of(2),
                PutOptions.MAX_CHUNK_SIZE,
                Duration.ofNanos(1),
                Duration.ZERO,
                false,
                false);
    }

    private Bench bench() {
        return new Bench(
                client, ClusterHttp.of(Optional.empty()), settings(SIZE), LocalProcesses.Known.nothing(), watcher);
    }

    @ParameterizedTest
    @EnumSource
    void everyWorkloadIsCountedAndLeavesNoFileBehind(Workload workload) throws Exception {
        int clients = workload == Workload.W1 || workload == Workload.R1 ? 1 : 2;
        long each = workload == Workload.R2 ? Workload.RANGE_BYTES : SIZE;
        try (Bench bench = bench()) {
            Measurement result = bench.measure(workload);
            assertThat(result.firstError()).isEmpty();
            assertThat(result.errors()).isZero();
            assertThat(result.operations()).isEqualTo(clients);
            assertThat(result.bytes()).isEqualTo(clients * each);
            assertThat(result.latencyMicros().p50()).isPositive();
            assertThat(result.cpuSeconds()).containsKey("client");
            assertThat(client.listAll("craq-bench/")).isNotEmpty();
        }
        assertThat(client.listAll("craq-bench/")).isEmpty();
    }

    @Test
    void filesThatAnEarlierWorkloadHasWrittenAreReadAgain() throws Exception {
        try (Bench bench = bench()) {
            bench.measure(Workload.W1);
            bench.measure(Workload.R1);
            assertThat(notes).isEmpty();
            bench.measure(Workload.R3);
            assertThat(notes).hasSize(1).first().asString().startsWith("writing 1 file of 200000 bytes for R3");
        }
    }

    @Test
    void aReadThatBringsOtherBytesIsAnError() throws Exception {
        try (Bench bench = bench()) {
            bench.measure(Workload.W1);
            cluster.tamperAll();
            Measurement result = bench.measure(Workload.R2);
            assertThat(result.errors()).isPositive();
            assertThat(result.firstError()).isPresent();
        }
    }

    @Test
    void onceMeansOneStreamForEachClientHoweverLongItMayTake() throws Exception {
        BenchSettings once = new BenchSettings(
                OptionalLong.of(1),
                OptionalInt.of(3),
                PutOptions.MAX_CHUNK_SIZE,
                Duration.ofDays(1),
                Duration.ZERO,
                true,
                false);
        try (Bench bench =
                new Bench(client, ClusterHttp.of(Optional.empty()), once, LocalProcesses.Known.nothing(), watcher)) {
            assertThat(bench.measure(Workload.W2).operations()).isEqualTo(3);
            assertThat(bench.measure(Workload.R3).operations()).isEqualTo(3);
        }
        assertThat(once.nanos(Workload.W3)).isEqualTo(Duration.ofDays(1).toNanos());
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> settings(0)).hasMessageContaining("at least 1 byte");
        assertThatThrownBy(() -> settings(1).check(Workload.R2)).hasMessageContaining("ranges of 65536 bytes");
        assertThatThrownBy(() -> new BenchSettings(
                        OptionalLong.empty(),
                        OptionalInt.of(0),
                        PutOptions.MAX_CHUNK_SIZE,
                        Duration.ofSeconds(1),
                        Duration.ZERO,
                        false,
                        false))
                .hasMessageContaining("1 to 1024");
        assertThatThrownBy(() -> new BenchSettings(
                        OptionalLong.empty(),
                        OptionalInt.empty(),
                        1,
                        Duration.ofSeconds(1),
                        Duration.ZERO,
                        false,
                        false))
                .hasMessageContaining("4096 to 1048576");
    }
}
