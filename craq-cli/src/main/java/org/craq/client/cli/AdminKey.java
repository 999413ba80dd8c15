package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.craq.security.AccessKey;

/**
 * The access key of an administrator, {@code admin.key} in the folder of the certificates. It is worth something once a
 * manager reads it by its setting {@code craq.admin.key.file}.
 */
record AdminKey(Path file) {
    private static final String NAME = "admin.key";
    /** The user that managers give such a key to. */
    private static final String USER = "admin";

    static AdminKey in(Path folder) {
        return new AdminKey(folder.resolve(NAME));
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** Writes a new key, {@code ID:SECRET}, readable by its owner only; returns its id. */
    String create() throws IOException {
        AccessKey.Created made = AccessKey.create(USER, Optional.empty(), Optional.empty(), new SecureRandom());
        SecretOutput.write(file, made.key().id() + ":" + made.secret());
        return made.key().id();
    }
}
