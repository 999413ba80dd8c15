package org.craq.core.replica;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * What a look into the database found for a write.
 *
 * @param former the entry with the same write id: its version and those of its operations
 * @param newest the newest version of each file; a file without any is absent
 */
public record Found(Optional<WriteOutcome.Written> former, Map<FileName, Newest> newest) {
    /**
     * A file's newest version.
     *
     * @param createdAtMillis what its entry says
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

    /** Every version that was found. */
    Stream<Version> versions() {
        return Stream.concat(
                former.stream().map(WriteOutcome.Written::version),
                newest.values().stream().map(Newest::version));
    }

    static WriteOutcome.Written written(Entry entry, WriteId id) {
        List<Operation> operations = entry.operations().stream()
                .filter(operation -> operation.writeId().equals(id))
                .toList();
        return new WriteOutcome.Written(entry.version(), operations);
    }
}
