package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upload is gone on with if it was of the same file, as it is now, to the same place. */
class UploadMemoryTest {
    @TempDir
    private Path folder;

    private UploadMemory memory(String name, Path source) throws IOException {
        return new UploadMemory(folder.resolve("state"), "127.0.0.1:9005", name, source);
    }

    @Test
    void onlyTheSameUploadIsFound() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "content");
        Path other = Files.writeString(folder.resolve("other"), "content");
        assertThat(memory("a", source).begun()).isEmpty();
        memory("a", source).begin("/v1/uploads/1");
        assertThat(memory("a", source).begun()).contains("/v1/uploads/1");
        assertThat(memory("b", source).begun()).isEmpty();
        assertThat(memory("a", other).begun()).isEmpty();

        UploadMemory before = memory("a", source);
        assertThat(before.unchanged(source)).isTrue();
        Files.setLastModifiedTime(source, FileTime.from(Instant.ofEpochSecond(5)));
        assertThat(before.unchanged(source)).isFalse();
        assertThat(memory("a", source).begun()).as("another content").isEmpty();

        memory("a", source).begin("/v1/uploads/2");
        assertThat(memory("a", source).begun()).contains("/v1/uploads/2");
        memory("a", source).end();
        assertThat(memory("a", source).begun()).isEmpty();
    }

    @Test
    void aNoteThatCantBeReadIsNone() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "content");
        memory("a", source).begin("/v1/uploads/1");
        try (var notes = Files.list(folder.resolve("state"))) {
            Files.writeString(notes.findFirst().orElseThrow(), "\\u00zz");
        }
        assertThat(memory("a", source).begun()).isEmpty();
    }
}
