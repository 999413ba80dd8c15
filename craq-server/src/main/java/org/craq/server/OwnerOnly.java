package org.craq.server;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Creates directories (0700) and files (0600) that only their owner can access, whatever the umask is, and closes existing
 * ones to all others. On file systems without POSIX permissions they are plain ones.
 */
public final class OwnerOnly {
    private static final Logger LOG = System.getLogger(OwnerOnly.class.getName());
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    private OwnerOnly() {}

    /**
     * Creates the directory if it is missing; its parents get the permissions that the umask leaves. An existing directory
     * and the files directly in it are closed to all but their owner, which is logged; if that fails a warning is logged.
     */
    public static void createDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            try {
                Files.createDirectory(directory, attributes(directory, DIRECTORY));
            } catch (FileAlreadyExistsException e) {
                // Made in the meantime, or not a directory.
                if (!Files.isDirectory(directory)) {
                    throw e;
                }
            }
            if (knowsRights(directory)) {
                // The umask may have taken away rights of the owner.
                Files.setPosixFilePermissions(directory, DIRECTORY);
            }
            return;
        }
        if (knowsRights(directory)) {
            tighten(directory);
        }
    }

    private static void tighten(Path directory) {
        try {
            boolean closed = close(directory, DIRECTORY);
            long files = 0;
            for (Path file : files(directory)) {
                files += close(file, FILE) ? 1 : 0;
            }
            if (closed || files > 0) {
                LOG.log(
                        Level.INFO,
                        "{0} is accessible to its owner only from now on; {1} files in it were open to others",
                        directory,
                        files);
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "other users may have access to {0}, and its permissions can''t be changed: {1}; make the server''s"
                            + " user its owner, and run: chmod -R go= {0}",
                    directory,
                    e);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    /** Returns whether others had any right. The owner's own rights stay as they are. */
    private static boolean close(Path path, Set<PosixFilePermission> rights) throws IOException {
        Set<PosixFilePermission> open = Files.getPosixFilePermissions(path);
        if (rights.containsAll(open)) {
            return false;
        }
        open.retainAll(rights);
        Files.setPosixFilePermissions(path, open);
        return true;
    }

    /** Opens a file; if this creates it, only its owner has access. */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, Set.of(options), attributes(file, FILE));
    }

    private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> rights) {
        return knowsRights(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(rights)}
                : new FileAttribute<?>[0];
    }

    /** Checks the parent, as the path itself may not exist yet. */
    private static boolean knowsRights(Path path) {
        Path there = path.toAbsolutePath().getParent();
        return there != null
                && Files.getFileAttributeView(there, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS) != null;
    }
}
