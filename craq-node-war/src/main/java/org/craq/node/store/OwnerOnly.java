package org.craq.node.store;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Creates folders and files that other users of the machine can't access, whatever the umask is. On file systems
 * without POSIX permissions they are plain ones.
 */
final class OwnerOnly {
    private static final Logger LOG = System.getLogger(OwnerOnly.class.getName());
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    private OwnerOnly() {}

    /**
     * Creates the directory if it is missing. An existing one keeps its group's permissions and is closed to all
     * others.
     */
    static void createDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(directory, attributes(directory, "rwx------"));
            return;
        }
        if (!knowsRights(directory)) {
            return;
        }
        Set<PosixFilePermission> rights = EnumSet.copyOf(Files.getPosixFilePermissions(directory));
        if (rights.removeAll(OTHERS)) {
            try {
                Files.setPosixFilePermissions(directory, rights);
            } catch (IOException e) {
                LOG.log(
                        Level.WARNING,
                        "other users can access {0}, and its permissions can''t be changed: {1}",
                        directory,
                        e);
            }
        }
    }

    /** Opens a file; if this creates it, only its owner has access. */
    static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, Set.of(options), attributes(file, "rw-------"));
    }

    private static FileAttribute<?>[] attributes(Path path, String rights) {
        return knowsRights(path)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }

    /** Checks the parent, as the path itself may not exist yet. */
    private static boolean knowsRights(Path path) {
        Path there = path.toAbsolutePath().getParent();
        return there != null
                && Files.getFileAttributeView(there, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS) != null;
    }
}
