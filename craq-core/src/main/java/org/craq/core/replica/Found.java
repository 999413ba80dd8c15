package org.craq.core.replica;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * The result of a database lookup for a write.
 *
 * @param former the entry with the same write id, unless it has been forgotten
 * @param newest the newest version of each file; files without any version are absent
 */
public record Found(Optional<Entry> former, Map<FileName, Newest> newest) {
    /**
     * A file's newest version.
     *
     * @param createdAtMillis the time recorded in its entry
     */
    public record Newest(Version version, boolean tombstone, long createdAtMillis) {
        static Newest of(Entry entry, FileName name) {
            return new Newest(
                    entry.version(), entry.on(name).orElseThrow() instanceof Operation.Delete, entry.createdAtMillis());
        }
    }

    public static final Found NOTHING = new Found(Optional.empty(), Map.of());

    public Found {
        newest = Map.copyOf(newest);
    }

    /** Returns every version that was found. */
    Stream<Version> versions() {
        return Stream.concat(
                former.stream().map(Entry::version), newest.values().stream().map(Newest::version));
    }
}
