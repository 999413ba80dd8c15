package org.craq.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFilesTest {
    @TempDir
    Path folder;

    private Path directory;

    @BeforeEach
    void name() {
        directory = folder.resolve("audit");
    }

    private static Path today(Path directory) {
        return directory.resolve("audit-" + LocalDate.now(ZoneOffset.UTC) + ".log");
    }

    private AuditFiles files(int keepDays) {
        return new AuditFiles(directory, keepDays, "blue", "n1");
    }

    private static List<AuditRecord> records(int count) {
        return Stream.generate(() -> AuditRecord.ofServer("start", AuditRecord.OK, ""))
                .limit(count)
                .toList();
    }

    /** Checks the chain over all files, and returns all lines. */
    static List<JsonObject> chained(Path directory) throws IOException {
        List<JsonObject> lines = new ArrayList<>();
        String before = AuditLine.NONE_BEFORE;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                for (String line : Files.readAllLines(file)) {
                    JsonObject object =
                            Json.createReader(new StringReader(line)).readObject();
                    assertThat(object.getString("prev")).isEqualTo(before);
                    assertThat(object.getInt("seq")).isEqualTo(lines.size() + 1);
                    before = AuditLine.digest(AuditLine.bytes(line));
                    lines.add(object);
                }
            }
        }
        return lines;
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void filesAreForTheirOwnerOnly() throws IOException {
        try (AuditFiles files = files(0)) {
            files.append(records(1));
        }
        assertThat(mode(directory)).isEqualTo("rwx------");
        assertThat(mode(today(directory))).isEqualTo("rw-------");
    }

    @Test
    void theChainGoesOnAfterARestart() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (AuditFiles files = files(0)) {
                files.append(records(2));
                files.append(records(1));
            }
        }
        assertThat(chained(directory)).hasSize(9);
    }

    @Test
    void theChainGoesOnFromTheFormerDay() throws IOException {
        try (AuditFiles files = files(0)) {
            files.append(records(2));
        }
        Files.move(today(directory), directory.resolve("audit-2020-01-01.log"));
        try (AuditFiles files = files(0)) {
            files.append(records(2));
            // Midnight passes.
            files.open(LocalDate.now(ZoneOffset.UTC).plusDays(1));
            files.append(records(1));
        }
        assertThat(chained(directory)).hasSize(5);
        try (Stream<Path> all = Files.list(directory)) {
            assertThat(all.filter(each -> each.toString().endsWith(".log"))).hasSize(3);
        }
    }

    @Test
    void aLineThatACrashLeftIncompleteIsCutOff() throws IOException {
        try (AuditFiles files = files(0)) {
            files.append(records(2));
        }
        Files.writeString(today(directory), "{\"ts\":\"20", StandardOpenOption.APPEND);
        try (AuditFiles files = files(0)) {
            files.append(records(1));
        }
        assertThat(chained(directory)).hasSize(3);
    }

    @Test
    void nothingIsHalfWrittenAfterAFailure() throws IOException {
        try (AuditFiles files = files(0)) {
            files.append(records(1));
            Files.writeString(today(directory), "half of a li", StandardOpenOption.APPEND);
            assertThatThrownBy(() -> files.append(java.util.Collections.singletonList(null)))
                    .isInstanceOf(RuntimeException.class);
            files.append(records(1));
        }
        assertThat(chained(directory)).hasSize(2);
    }

    @Test
    void oldFilesAreDeleted() throws IOException {
        Files.createDirectory(directory);
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        Path old = Files.writeString(directory.resolve("audit-" + today.minusDays(8) + ".log"), "{}\n");
        Path kept = Files.writeString(directory.resolve("audit-" + today.minusDays(7) + ".log"), "{}\n");
        Path other = Files.writeString(directory.resolve("audit-notes.log"), "{}\n");
        try (AuditFiles files = files(0)) {
            files.append(records(1));
        }
        assertThat(old).exists();
        try (AuditFiles files = files(7)) {
            files.append(records(1));
        }
        assertThat(old).doesNotExist();
        assertThat(kept).exists();
        assertThat(other).exists();
    }

    @Test
    void twoServersDontShareADirectory() throws IOException {
        try (AuditFiles one = files(0);
                AuditFiles two = files(0)) {
            one.append(records(1));
            assertThatThrownBy(() -> two.append(records(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("craq.audit.dir");
        }
    }
}
