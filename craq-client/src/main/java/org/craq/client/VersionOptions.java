package org.craq.client;

import java.util.Objects;
import java.util.Optional;

/**
 * Which of a file's versions to list. Immutable: start from {@link #all()}; each {@code with} method returns a changed
 * copy.
 *
 * @param limit maximum number of versions per page, 1 to 1000
 * @param cursor {@link VersionPage#nextCursor()} of the previous page; empty: from the newest
 * @param node the only member to ask; empty: any that serves
 */
public record VersionOptions(int limit, String cursor, Freshness freshness, Optional<String> node) {
    public VersionOptions {
        Objects.requireNonNull(cursor);
        Objects.requireNonNull(freshness);
        Objects.requireNonNull(node);
        if (limit < 1 || limit > ListOptions.MAX_LIMIT) {
            throw new IllegalArgumentException("a page has 1 to " + ListOptions.MAX_LIMIT + " versions, not " + limit);
        }
    }

    /** Lists all versions, 1000 per page. */
    public static VersionOptions all() {
        return new VersionOptions(ListOptions.MAX_LIMIT, "", Freshness.strong(), Optional.empty());
    }

    /**
     * Sets the page size.
     *
     * @throws IllegalArgumentException unless the value is 1 to 1000
     */
    public VersionOptions withLimit(int value) {
        return new VersionOptions(value, cursor, freshness, node);
    }

    /** Continues a listing with {@link VersionPage#nextCursor()}. */
    public VersionOptions withCursor(String value) {
        return new VersionOptions(limit, value, freshness, node);
    }

    /** Sets how fresh the listing must be. */
    public VersionOptions withFreshness(Freshness value) {
        return new VersionOptions(limit, cursor, value, node);
    }

    /** Asks only the member with this node id: if it can't answer, the listing fails. */
    public VersionOptions withNode(String value) {
        return new VersionOptions(limit, cursor, freshness, Optional.of(value));
    }
}
