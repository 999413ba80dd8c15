package org.craq.client.certs;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Folders that only their owner can open, whatever the umask is. */
public final class PrivateFolder {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private PrivateFolder() {}

    /** Creates a folder; an existing one becomes private. */
    static void make(Path folder) throws IOException {
        createIfMissing(folder);
        Files.setPosixFilePermissions(folder, OWNER_ONLY);
    }

    /** Creates a folder; an existing one stays as it is. */
    public static void createIfMissing(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            requirePermissions(folder);
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.setPosixFilePermissions(folder, OWNER_ONLY);
        }
    }

    private static void requirePermissions(Path folder) throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            throw new FileSystemException(
                    folder.toString(), null, "is on a system without permissions that keep private keys private");
        }
    }
}
