package org.craq.node.files;

import java.util.List;
import java.util.Optional;
import org.craq.core.file.Version;
import org.craq.node.metadata.FileRecord;

/**
 * One page of a file's versions, newest first, including tombstones and pruned versions.
 *
 * @param nextCursor empty when this is the last page
 */
public record Versions(List<FileRecord> versions, String nextCursor) {
    public Versions {
        versions = List.copyOf(versions);
    }

    /** Builds a page from up to {@code limit + 1} versions; the page is shorter when their metadata is long. */
    static Versions page(List<FileRecord> found, int limit) {
        PageWeight weight = new PageWeight();
        int count = 0;
        while (count < Math.min(limit, found.size()) && weight.take(found.get(count))) {
            count++;
        }
        return found.size() > count
                ? new Versions(
                        found.subList(0, count), found.get(count - 1).version().toString())
                : new Versions(found, "");
    }

    /** Parses a cursor into the version before which the page begins; empty for an empty cursor, which begins at the newest. */
    public static Optional<Version> before(String cursor) {
        if (cursor.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Version.parse(cursor));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the cursor was not returned by a listing of versions: '" + cursor + "'", e);
        }
    }
}
