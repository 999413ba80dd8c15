package org.craq.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The password of the database's owner, who may do all that the operating system lets the database do. It is not that of the
 * applications, so who breaks into one of those has no more than its tables. Kept in a file for its owner alone.
 */
record OwnerPassword(Path file) {
    /** Makes up a new one and writes it down. */
    String make() {
        String password = Passwords.make();
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, password);
            return password;
        } catch (IOException e) {
            throw new ClusterException(file + " can't be written: " + e.getMessage(), e);
        }
    }

    /** Empty where there is none yet. */
    String read() {
        try {
            return Files.exists(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            throw new ClusterException(file + " can't be read: " + e.getMessage(), e);
        }
    }
}
