package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.craq.client.PutOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upload is resumed only if it was of the same file, in its present state, to the same place. */
class UploadMemoryTest {
    @TempDir
    private Path folder;

    private UploadMemory memory(String name, Path source) throws IOException {
        return new UploadMemory(folder.resolve("state"), "127.0.0.1:9005", name, source, PutOptions.defaults());
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

        Files.setLastModifiedTime(source, FileTime.from(Instant.ofEpochSecond(5)));
        assertThat(memory("a", source).begun()).as("different content").isEmpty();

        memory("a", source).begin("/v1/uploads/2");
        assertThat(memory("a", source).begun()).contains("/v1/uploads/2");
        memory("a", source).end();
        assertThat(memory("a", source).begun()).isEmpty();
    }

    @Test
    void notesAreWhereTheUsersStateIs() {
        Map<String, String> home = Map.of("HOME", "/h");
        assertThat(UploadMemory.folder(home)).isEqualTo(Path.of("/h/.local/state/craq/uploads"));
        assertThat(UploadMemory.folder(Map.of("HOME", "/h", "XDG_STATE_HOME", "/s")))
                .isEqualTo(Path.of("/s/craq/uploads"));
        assertThat(UploadMemory.folder(Map.of("HOME", "/h", "XDG_STATE_HOME", "relative")))
                .isEqualTo(Path.of("/h/.local/state/craq/uploads"));
        assertThat(UploadMemory.folder(Map.of("HOME", "/h", "XDG_STATE_HOME", "/s", "CRAQ_STATE", "/c")))
                .isEqualTo(Path.of("/c/uploads"));
        assertThat(UploadMemory.folder(Map.of()))
                .isEqualTo(Path.of(System.getProperty("user.home"), ".local", "state", "craq", "uploads"));
    }

    @Test
    void anotherTypeOrConditionIsAnotherUpload() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "content");
        memory("a", source).begin("/v1/uploads/1");
        for (PutOptions options : List.of(
                PutOptions.defaults().withContentType("text/plain"),
                PutOptions.defaults().withUserMetadata(Map.of("a", "b")),
                PutOptions.defaults().ifAbsent())) {
            assertThat(new UploadMemory(folder.resolve("state"), "127.0.0.1:9005", "a", source, options).begun())
                    .isEmpty();
        }
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
