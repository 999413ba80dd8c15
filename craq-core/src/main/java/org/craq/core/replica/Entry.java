package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * One step of a chain's log: operations that become visible together or not at all. One without operations stands for a
 * stretch of the log, up to its seq, of which everything has been forgotten.
 *
 * @param epoch the epoch of its birth, which it keeps
 * @param createdAtMillis the head's wall clock when it was appended; for people, and for conditions that name a date
 * @param request of the write that it came from; empty for the store's own writes, and where a member of an older build was in between
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

    /** One of which nobody knows what was asked for. */
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
