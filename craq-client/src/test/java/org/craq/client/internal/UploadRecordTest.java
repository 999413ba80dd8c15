package org.craq.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.craq.client.PutOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A put is resumed only if it was of the same file, in its present state, to the same place. */
class UploadRecordTest {
    private static final UUID ID = UUID.randomUUID();
    private static final UUID OTHER = UUID.randomUUID();

    @TempDir
    private Path folder;

    private UploadRecord put(String name, Path source) throws IOException {
        return new UploadRecord(folder.resolve("state"), "127.0.0.1:9005", name, source, PutOptions.defaults());
    }

    @Test
    void onlyTheSamePutIsFound() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "content");
        Path other = Files.writeString(folder.resolve("other"), "content");
        assertThat(put("a", source).begun()).isEmpty();
        put("a", source).begin(ID);
        assertThat(put("a", source).begun()).contains(ID);
        assertThat(put("b", source).begun()).isEmpty();
        assertThat(put("a", other).begun()).isEmpty();

        Files.setLastModifiedTime(source, FileTime.from(Instant.ofEpochSecond(5)));
        assertThat(put("a", source).begun()).as("different content").isEmpty();

        put("a", source).begin(OTHER);
        assertThat(put("a", source).begun()).contains(OTHER);
        put("a", source).end();
        assertThat(put("a", source).begun()).isEmpty();
    }

    @Test
    void anotherTypeOrConditionIsAnotherPut() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "content");
        put("a", source).begin(ID);
        for (PutOptions options : List.of(
                PutOptions.defaults().withContentType("text/plain"),
                PutOptions.defaults().withUserMetadata(Map.of("a", "b")),
                PutOptions.defaults().ifAbsent())) {
            assertThat(new UploadRecord(folder.resolve("state"), "127.0.0.1:9005", "a", source, options).begun())
                    .isEmpty();
        }
    }

    @Test
    void aRecordThatCantBeReadIsNone() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "content");
        put("a", source).begin(ID);
        try (var notes = Files.list(folder.resolve("state"))) {
            Files.writeString(notes.findFirst().orElseThrow(), "\\u00zz");
        }
        assertThat(put("a", source).begun()).isEmpty();
    }
}
