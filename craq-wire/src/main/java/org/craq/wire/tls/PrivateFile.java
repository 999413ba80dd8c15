package org.craq.wire.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** The rule for files with secrets: nobody but their owner may read or replace their content. */
public final class PrivateFile {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private PrivateFile() {}

    /**
     * Requires that others have no access to a file. Where the file system knows no permissions, nothing is required.
     *
     * @param what the file holds, for the message, such as "a private key"
     * @throws IOException naming the file and the command that makes it private
     */
    public static void require(Path file, String what) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS);
            open.retainAll(Files.getPosixFilePermissions(file));
            if (!open.isEmpty()) {
                throw new IOException(
                        file + " is " + what + " that others can read or replace; run: chmod 600 " + file);
            }
        }
    }
}
