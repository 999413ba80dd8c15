package org.craq.node.files;

import org.craq.core.file.FileName;

/** Parses names from users, for all interfaces; refuses names that are reserved for the store's own files. */
public final class UserNames {
    private UserNames() {}

    /**
     * Parses a file's name.
     *
     * @throws IllegalArgumentException with a message that states the violated rule
     */
    public static FileName of(String text) {
        FileName name = new FileName(text);
        if (name.own()) {
            throw refusal();
        }
        return name;
    }

    /**
     * Parses a prefix of names.
     *
     * @throws IllegalArgumentException with a message that states the violated rule
     */
    public static String prefix(String text) {
        if (text.startsWith(FileName.OWN)) {
            throw refusal();
        }
        return FileName.prefix(text);
    }

    private static IllegalArgumentException refusal() {
        return new IllegalArgumentException("names that begin with '" + FileName.OWN
                + "' are reserved for the store's own files; choose another name");
    }
}
