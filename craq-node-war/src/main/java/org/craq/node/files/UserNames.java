package org.craq.node.files;

import org.craq.core.file.FileName;

/** Names as they come from users, at every door: what the store keeps for itself is refused. */
public final class UserNames {
    private UserNames() {}

    /**
     * A file's name.
     *
     * @throws IllegalArgumentException with the rule that is broken
     */
    public static FileName of(String text) {
        FileName name = new FileName(text);
        if (name.own()) {
            throw refusal();
        }
        return name;
    }

    /** What names may begin with; raises the same. */
    public static String prefix(String text) {
        if (text.startsWith(FileName.OWN)) {
            throw refusal();
        }
        return FileName.prefix(text);
    }

    private static IllegalArgumentException refusal() {
        return new IllegalArgumentException(
                "names that begin with '" + FileName.OWN + "' are the store's own; choose another name");
    }
}
