package org.craq.security;

import java.util.OptionalLong;

/**
 * A limit of what is kept of all files whose names begin with a prefix. At least one of the numbers is limited.
 *
 * @param prefix compared with names character by character, as that of a {@link Grant}
 * @param bytes of the contents that kept versions have, in one copy
 * @param versions number of versions and deletions in the database
 */
public record Quota(String prefix, OptionalLong bytes, OptionalLong versions) implements Comparable<Quota> {
    /**
     * Validates the quota.
     *
     * @throws IllegalArgumentException stating what is wrong
     */
    public Quota {
        Grant.requirePrefix(prefix, "a quota");
        if (bytes.isEmpty() && versions.isEmpty()) {
            throw new IllegalArgumentException("a quota must limit bytes or versions");
        }
        if (bytes.orElse(0) < 0 || versions.orElse(0) < 0) {
            throw new IllegalArgumentException("a quota must not be negative");
        }
    }

    /** Returns whether the quota counts a file. */
    public boolean counts(String name) {
        return name.startsWith(prefix);
    }

    @Override
    public int compareTo(Quota other) {
        return prefix.compareTo(other.prefix);
    }
}
