package org.craq.client;

import java.util.Objects;

/**
 * Which files to list. Immutable: start from {@link #all()} or {@link #prefix(String)}; each {@code with} method
 * returns a changed copy.
 *
 * @param prefix compared byte by byte; there are no wildcards
 * @param limit maximum number of files and common prefixes per page, 1 to 1000
 * @param cursor {@link ListPage#nextCursor()} of the previous page; empty: from the start
 * @param delimiter names that contain it after the prefix are grouped into one common prefix, like a folder; empty: no
 *     grouping
 */
public record ListOptions(String prefix, int limit, String cursor, Freshness freshness, String delimiter) {
    /** Highest number of files per page. */
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

    /** Lists all files, 1000 per page. */
    public static ListOptions all() {
        return prefix("");
    }

    /** Lists the files whose names begin with the prefix, 1000 per page. */
    public static ListOptions prefix(String prefix) {
        return new ListOptions(prefix, MAX_LIMIT, "", Freshness.strong(), "");
    }

    /**
     * Sets the page size.
     *
     * @throws IllegalArgumentException unless the value is 1 to {@value #MAX_LIMIT}
     */
    public ListOptions withLimit(int value) {
        return new ListOptions(prefix, value, cursor, freshness, delimiter);
    }

    /** Continues a listing with {@link ListPage#nextCursor()}. */
    public ListOptions withCursor(String value) {
        return new ListOptions(prefix, limit, value, freshness, delimiter);
    }

    /** Sets how fresh the listing must be. */
    public ListOptions withFreshness(Freshness value) {
        return new ListOptions(prefix, limit, cursor, value, delimiter);
    }

    /** Groups names by a delimiter, for example {@code "/"}. */
    public ListOptions withDelimiter(String value) {
        return new ListOptions(prefix, limit, cursor, freshness, value);
    }
}
