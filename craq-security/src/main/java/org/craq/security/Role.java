package org.craq.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A named set of actions. */
public enum Role {
    /** Reads and lists files. */
    READER,
    /** Reads, writes and deletes files. It cannot delete old versions, so what it overwrites can be restored. */
    WRITER,
    /** Does everything; with a prefix, everything that concerns files below it. */
    ADMIN,
    /** Reads metrics. */
    MONITOR;

    /** Returns whether the role includes an action. */
    public boolean includes(Action action) {
        return switch (this) {
            case READER -> action == Action.READ;
            case WRITER -> action == Action.READ || action == Action.WRITE || action == Action.DELETE;
            case ADMIN -> true;
            case MONITOR -> action == Action.READ_METRICS;
        };
    }

    /** Returns the name as users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Parses the name as users write it.
     *
     * @throws IllegalArgumentException naming the roles that exist
     */
    public static Role of(String text) {
        return Arrays.stream(values())
                .filter(role -> role.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no role '" + text + "'; the roles are "
                        + Arrays.stream(values()).map(Role::text).collect(Collectors.joining(", "))));
    }
}
