package org.craq.client.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.craq.client.certs.FileChanges;

/** Files with a secret in their only line, which only their owner may read. */
final class SecretOutput {
    private SecretOutput() {}

    /** Writes a file, or replaces it as a whole. */
    static void write(Path file, String line) throws IOException {
        try (FileChanges changes = new FileChanges()) {
            changes.secret(file, (line + "\n").getBytes(StandardCharsets.UTF_8));
            changes.commit();
        }
    }

    /**
     * Checks that a file can be written that does not exist yet, before a secret is made that could not be kept.
     *
     * @throws IOException saying what is in the way
     */
    static void requireNew(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new NoSuchFileException(String.valueOf(folder));
        }
        if (!Files.isWritable(folder)) {
            throw new java.nio.file.AccessDeniedException(folder.toString());
        }
    }
}
