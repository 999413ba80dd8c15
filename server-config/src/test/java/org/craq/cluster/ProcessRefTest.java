package org.craq.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessRefTest {
    @Test
    void aRunningProcessIsFoundSignalledAndAwaited() throws IOException {
        Process process = new ProcessBuilder("sleep", "60").start();
        ProcessRef ref = ProcessRef.of(process.toHandle());
        assertThat(ref.alive()).isTrue();
        assertThat(ref.awaitEnd(Duration.ofMillis(50))).isFalse();
        ref.signal("KILL");
        assertThat(ref.awaitEnd(Duration.ofSeconds(10))).isTrue();
        assertThat(ref.alive()).isFalse();
    }

    @Test
    void anotherProcessWithTheSamePidIsNotOurs() throws IOException {
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            ProcessRef former = new ProcessRef(
                    stranger.pid(), ProcessRef.of(stranger.toHandle()).startedMillis() - 60_000);
            assertThat(former.alive()).isFalse();
            former.signal("KILL");
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }
}
