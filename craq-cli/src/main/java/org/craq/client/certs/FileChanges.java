package org.craq.client.certs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Files that are about to be written together. Each is first written beside its target and forced; {@link #commit}
 * renames all of them, so that a reader finds an old file or a new one, and a full disk leaves the old ones.
 */
public final class FileChanges implements Closeable {
    private static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rw-r--r--");

    private record Change(Path written, Path target) {}

    private final List<Change> changes = new ArrayList<>();

    /** Adds a file that only its owner may read. */
    public void secret(Path target, byte[] content) throws IOException {
        write(target, content, SECRET);
    }

    /** Adds a file that everybody may read. */
    void open(Path target, byte[] content) throws IOException {
        write(target, content, OPEN);
    }

    private void write(Path target, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        Path written =
                Files.createTempFile(folder(target), ".craq-", ".tmp", PosixFilePermissions.asFileAttribute(SECRET));
        changes.add(new Change(written, target));
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            Files.setPosixFilePermissions(written, mode);
            channel.force(true);
        }
    }

    /** Gives all files their names, in the order in which they were added. */
    public void commit() throws IOException {
        Set<Path> folders = new LinkedHashSet<>();
        while (!changes.isEmpty()) {
            Change next = changes.get(0);
            Files.move(
                    next.written(), next.target(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            changes.remove(0);
            folders.add(folder(next.target()));
        }
        for (Path folder : folders) {
            try (FileChannel channel = FileChannel.open(folder)) {
                channel.force(true);
            }
        }
    }

    private static Path folder(Path file) {
        return file.toAbsolutePath().getParent();
    }

    /** Removes what was written and has not been committed. */
    @Override
    public void close() throws IOException {
        for (Change change : changes) {
            Files.deleteIfExists(change.written());
        }
        changes.clear();
    }
}
