package org.craq.security;

import java.nio.charset.StandardCharsets;

/**
 * A role for all files whose names begin with a prefix. The empty prefix stands for all files and also grants the
 * actions that concern the cluster as a whole. Written {@code ROLE:PREFIX}, such as {@code writer:docs/}.
 *
 * @param prefix compared with names character by character; {@code docs} also covers {@code docs2/x}
 */
public record Grant(Role role, String prefix) implements Comparable<Grant> {
    private static final int LONGEST_PREFIX_BYTES = 1024;

    /**
     * Validates the prefix.
     *
     * @throws IllegalArgumentException stating what is wrong with it
     */
    public Grant {
        requirePrefix(prefix, "a grant");
        if (role == Role.MONITOR && !prefix.isEmpty()) {
            throw new IllegalArgumentException("the role monitor does not concern files; write it without a prefix");
        }
    }

    static void requirePrefix(String prefix, String of) {
        if (prefix.getBytes(StandardCharsets.UTF_8).length > LONGEST_PREFIX_BYTES) {
            throw new IllegalArgumentException(
                    "the prefix of " + of + " may have at most " + LONGEST_PREFIX_BYTES + " bytes in UTF-8");
        }
        if (prefix.chars().anyMatch(Character::isISOControl)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(prefix)) {
            throw new IllegalArgumentException("the prefix of " + of + " must be text without control characters");
        }
    }

    /**
     * Parses {@code ROLE:PREFIX}. The colon may be omitted when the prefix is empty.
     *
     * @throws IllegalArgumentException stating what is wrong
     */
    public static Grant of(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? new Grant(Role.of(text), "")
                : new Grant(Role.of(text.substring(0, colon)), text.substring(colon + 1));
    }

    /** Returns whether the grant allows an action on a file. */
    boolean allows(Action action, String name) {
        return role.includes(action) && (action.isOnFiles() ? name.startsWith(prefix) : prefix.isEmpty());
    }

    @Override
    public int compareTo(Grant other) {
        int byPrefix = prefix.compareTo(other.prefix);
        return byPrefix == 0 ? role.compareTo(other.role) : byPrefix;
    }

    @Override
    public String toString() {
        return role.text() + ":" + prefix;
    }
}
