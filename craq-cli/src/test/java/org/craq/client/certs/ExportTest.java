package org.craq.client.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
    @TempDir
    private Path temporary;

    private Scene scene;
    private Export export;

    @BeforeEach
    void start() throws IOException {
        scene = new Scene(temporary.resolve("certs"));
        scene.full(Clock.systemUTC());
        export = new Export(scene.folder(), Clock.systemUTC());
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void anArchiveHoldsWhatAServerNeeds() throws IOException {
        Path archive = temporary.resolve("n1.tar");
        export.toArchive("n1", archive, false);
        assertThat(mode(archive)).isEqualTo("rw-------");
        Map<String, Integer> modes = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
            for (TarArchiveEntry each = tar.getNextEntry(); each != null; each = tar.getNextEntry()) {
                modes.put(each.getName(), each.getMode() & 0777);
                Path source = each.getName().equals("ca.crt")
                        ? scene.folder()
                        : scene.folder().resolve("n1");
                assertThat(tar.readAllBytes()).isEqualTo(Files.readAllBytes(source.resolve(each.getName())));
            }
        }
        assertThat(modes)
                .isEqualTo(Map.of(
                        "ca.crt",
                        0644,
                        "node.crt",
                        0644,
                        "node.key",
                        0600,
                        "node.p12",
                        0600,
                        "node.p12.password",
                        0600));
        assertThatThrownBy(() -> export.toArchive("n1", archive, false)).isInstanceOf(FileAlreadyExistsException.class);
        export.toArchive("m1", archive, true);
    }

    @Test
    void aFolderHoldsTheSameAndHasNoProblems() throws IOException {
        Path target = temporary.resolve("etc/craq");
        export.toFolder("n1", target, false);
        assertThat(mode(target)).isEqualTo("rwx------");
        assertThat(mode(target.resolve("node.key"))).isEqualTo("rw-------");
        assertThat(new Inspection(Clock.systemUTC()).of(target))
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.problems()).isEmpty());
        assertThatThrownBy(() -> export.toFolder("n1", target, false)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> export.toFolder("users/anna", target, false))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(target.resolve("user.key")).doesNotExist();
        export.toFolder("n1", target, true);
    }

    @Test
    void anExistingFolderKeepsItsMode() throws IOException {
        Path target = Files.createDirectory(temporary.resolve("craq"));
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        export.toFolder("users/anna", target, false);
        assertThat(mode(target)).isEqualTo("rwxr-xr-x");
        assertThat(mode(target.resolve("user.key"))).isEqualTo("rw-------");
    }

    @Test
    void onlyWhatIsCompleteIsExported() throws IOException {
        Path target = temporary.resolve("x.tar");
        assertThatThrownBy(() -> export.toArchive("n2", target, false)).hasMessageContaining("Known are m1, n1");
        Files.delete(scene.folder().resolve("n1/node.key"));
        assertThatThrownBy(() -> export.toArchive("n1", target, false)).hasMessageContaining("of no use without it");
        assertThat(target).doesNotExist();
    }
}
