package org.craq.node.files;

import java.util.List;
import java.util.Optional;
import org.craq.core.file.Version;
import org.craq.node.metadata.FileRecord;

/**
 * One page of a file's versions, newest first: deletions and given-up versions are among them.
 *
 * @param nextCursor empty when this is the last page
 */
public record Versions(List<FileRecord> versions, String nextCursor) {
    public Versions {
        versions = List.copyOf(versions);
    }

    /** A page from one more than it may hold, if there are so many; it ends earlier when what they say is long. */
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

    /** The version that a cursor stands for; empty: from the newest. */
    public static Optional<Version> before(String cursor) {
        if (cursor.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Version.parse(cursor));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the cursor is not one that a listing of versions gave: '" + cursor + "'", e);
        }
    }
}
