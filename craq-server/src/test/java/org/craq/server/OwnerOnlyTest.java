package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerOnlyTest {
    @TempDir
    Path folder;

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    @Test
    void whatIsNewIsForTheOwnerOnly() throws IOException {
        Path made = folder.resolve("a/b");
        OwnerOnly.createDirectory(made);
        OwnerOnly.open(made.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                .close();
        assertThat(mode(made)).isEqualTo("rwx------");
        assertThat(mode(made.resolve("file"))).isEqualTo("rw-------");
    }

    @Test
    void whatIsOldIsTightened() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Path readOnly = Files.createFile(folder.resolve("read-only"));
        Path elsewhere =
                Files.createFile(Files.createDirectory(folder.resolve("sub")).resolve("file"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), elsewhere);
        mode(file, "rw-rw-rw-");
        mode(readOnly, "r--r--r--");
        mode(elsewhere, "rw-r--r--");
        mode(folder, "rwxrwxrwx");

        OwnerOnly.createDirectory(folder);

        assertThat(mode(folder)).isEqualTo("rwx------");
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(readOnly)).isEqualTo("r--------");
        assertThat(mode(link)).as("a link is not followed").isEqualTo("rw-r--r--");
    }
}
