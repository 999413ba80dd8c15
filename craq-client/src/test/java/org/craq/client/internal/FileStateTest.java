package org.craq.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.craq.client.internal.FileState.Comparison;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStateTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    private Path folder;

    private static FileState state(long bytes, long modified, long changed, String key) {
        return new FileState(
                true,
                bytes,
                FileTime.from(NOON.minusSeconds(modified)),
                Optional.of(FileTime.from(NOON.minusSeconds(changed))),
                Optional.of(key),
                NOON);
    }

    @Test
    void sizeTimeAndIdentityTellAChange() {
        FileState before = state(7, 60, 60, "1");
        assertThat(before.compare(state(7, 60, 60, "1"))).isEqualTo(Comparison.SAME);
        assertThat(before.compare(state(8, 60, 60, "1"))).isEqualTo(Comparison.CHANGED);
        assertThat(before.compare(state(7, 1, 60, "1"))).isEqualTo(Comparison.CHANGED);
        assertThat(before.compare(state(7, 60, 60, "2"))).isEqualTo(Comparison.CHANGED);
    }

    @Test
    void aTimeThatWasSetBackOrIsTooYoungLeavesADoubt() {
        assertThat(state(7, 60, 60, "1").compare(state(7, 60, 1, "1"))).isEqualTo(Comparison.UNSURE);
        assertThat(state(7, 60, 1, "1").compare(state(7, 60, 1, "1"))).isEqualTo(Comparison.UNSURE);
    }

    @Test
    void aFileIsLookedAt() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "content");
        FileState before = FileState.of(file);
        assertThat(before.bytes()).isEqualTo(7);
        assertThat(before.regular()).isTrue();
        Files.writeString(file, "contents");
        assertThat(before.compare(FileState.of(file))).isEqualTo(Comparison.CHANGED);
    }
}
