package org.craq.manager.users;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.craq.security.AccessKey;
import org.craq.server.Settings;

/** The access key of the first administrator, from a file. */
public final class FirstKey {
    /** A file with one line, {@code ID:SECRET}, as 'craq certs init' writes it. */
    public static final String FILE = "craq.admin.key.file";

    private static final int SHORTEST_SECRET = 32;

    private FirstKey() {}

    /**
     * Reads the file that the setting names; empty if it is not set.
     *
     * @throws IllegalArgumentException naming the setting, if the file can't be used
     */
    public static Optional<Users.NameAndHash> read(Settings settings) {
        return settings.text(FILE).map(FirstKey::read);
    }

    private static Users.NameAndHash read(String file) {
        String text;
        try {
            text = Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(FILE + ": the file " + file + " can't be read: " + e.getMessage(), e);
        }
        int colon = text.indexOf(':');
        String id = colon < 0 ? "" : text.substring(0, colon);
        if (!AccessKey.isId(id) || text.length() - colon - 1 < SHORTEST_SECRET) {
            throw new IllegalArgumentException(
                    FILE + ": the file " + file + " must have one line, ID:SECRET, as 'craq certs init' writes it");
        }
        return new Users.NameAndHash(id, AccessKey.hash(text.substring(colon + 1)));
    }
}
