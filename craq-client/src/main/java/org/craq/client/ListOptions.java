package org.craq.client;

import java.util.Objects;

/**
 * Which files to list. Immutable: start from {@link #all()} or {@link #prefix(String)}.
 *
 * @param prefix compared byte by byte; every character stands for itself
 * @param limit files, with prefixes, per page, 1 to 1000
 * @param cursor {@link ListPage#nextCursor()} of the page before; empty: from the start
 * @param delimiter names that go on behind it, after the prefix, are told as one common prefix, as a folder is; empty: none
 */
public record ListOptions(String prefix, int limit, String cursor, Freshness freshness, String delimiter) {
    public static final int MAX_LIMIT = 1000;

    public ListOptions {
        Objects.requireNonNull(prefix);
        Objects.requireNonNull(cursor);
        Objects.requireNonNull(freshness);
        Objects.requireNonNull(delimiter);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("a page has 1 to " + MAX_LIMIT + " files, not " + limit);
        }
    }

    public static ListOptions all() {
        return prefix("");
    }

    public static ListOptions prefix(String prefix) {
        return new ListOptions(prefix, MAX_LIMIT, "", Freshness.strong(), "");
    }

    public ListOptions withLimit(int value) {
        return new ListOptions(prefix, value, cursor, freshness, delimiter);
    }

    public ListOptions withCursor(String value) {
        return new ListOptions(prefix, limit, value, freshness, delimiter);
    }

    public ListOptions withFreshness(Freshness value) {
        return new ListOptions(prefix, limit, cursor, value, delimiter);
    }

    public ListOptions withDelimiter(String value) {
        return new ListOptions(prefix, limit, cursor, freshness, value);
    }
}
