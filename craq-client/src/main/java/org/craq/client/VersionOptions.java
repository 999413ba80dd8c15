package org.craq.client;

import java.util.Objects;
import java.util.Optional;

/**
 * Which of a file's versions to list. Immutable: start from {@link #all()}.
 *
 * @param limit versions per page, 1 to 1000
 * @param cursor {@link VersionPage#nextCursor()} of the page before; empty: from the newest
 * @param node the only member to ask; empty: whichever serves
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

    public static VersionOptions all() {
        return new VersionOptions(ListOptions.MAX_LIMIT, "", Freshness.strong(), Optional.empty());
    }

    public VersionOptions withLimit(int value) {
        return new VersionOptions(value, cursor, freshness, node);
    }

    public VersionOptions withCursor(String value) {
        return new VersionOptions(limit, value, freshness, node);
    }

    public VersionOptions withFreshness(Freshness value) {
        return new VersionOptions(limit, cursor, value, node);
    }

    public VersionOptions withNode(String value) {
        return new VersionOptions(limit, cursor, freshness, Optional.of(value));
    }
}
