package org.craq.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The password of the database's owner, who can do everything that the operating system lets the database do. The
 * applications' role has a different one, so that breaking into an application gives access to its tables only. Kept in
 * a file that only the user can read.
 */
record OwnerPassword(Path file) {
    /** Generates a new password and stores it. */
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

    /** Returns the password; empty if there is none yet. */
    String read() {
        try {
            return Files.exists(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            throw new ClusterException(file + " can't be read: " + e.getMessage(), e);
        }
    }
}
