package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * One step of a chain's log: operations that become visible together or not at all. An entry without operations stands
 * for a stretch of the log, up to its seq, in which every entry has been forgotten.
 *
 * @param epoch the epoch in which the entry was created; never changes
 * @param createdAtMillis the head's wall clock when it appended the entry; shown to people, and used by conditions that
 * name a date
 * @param request fingerprint of the request that caused the entry; empty for the store's own writes, and if a member of
 * an older build relayed the entry
 */
public record Entry(
        Epoch epoch, Seq seq, List<Operation> operations, long createdAtMillis, Optional<Fingerprint> request) {
    public Entry {
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(seq);
        Objects.requireNonNull(request);
        operations = List.copyOf(operations);
        if (operations.stream().map(Operation::name).distinct().count() < operations.size()) {
            throw new IllegalArgumentException("entry " + seq + " changes a file twice");
        }
    }

    /** Creates an entry without a request fingerprint. */
    public Entry(Epoch epoch, Seq seq, List<Operation> operations, long createdAtMillis) {
        this(epoch, seq, operations, createdAtMillis, Optional.empty());
    }

    public Version version() {
        return new Version(epoch, seq);
    }

    public Optional<Operation> on(FileName name) {
        return operations.stream()
                .filter(operation -> operation.name().equals(name))
                .findFirst();
    }
}
