package org.craq.core.replica;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * A write that asks the head for its place in the log: all its operations or none.
 *
 * @param youngerThan an entry of the log that whoever made the write id up had been told of before; spares a look for an earlier try
 * @param request what was asked for; empty: nobody but the store itself knows the write id
 */
public record Write(
        WriteId id,
        List<Operation> operations,
        List<Condition> conditions,
        long createdAtMillis,
        Optional<Version> youngerThan,
        Optional<Fingerprint> request) {
    public Write {
        Objects.requireNonNull(id);
        Objects.requireNonNull(youngerThan);
        Objects.requireNonNull(request);
        operations = List.copyOf(operations);
        conditions = List.copyOf(conditions);
        Set<FileName> names = new HashSet<>();
        for (Operation operation : operations) {
            if (!names.add(operation.name())) {
                throw new IllegalArgumentException("one write holds two operations on '" + operation.name() + "'");
            }
            if (!operation.writeId().equals(id)) {
                throw new IllegalArgumentException("an operation carries another write id than its write");
            }
        }
    }

    /** One of the store's own, whose write id may be of any age. */
    public Write(WriteId id, List<Operation> operations, List<Condition> conditions, long createdAtMillis) {
        this(id, operations, conditions, createdAtMillis, Optional.empty(), Optional.empty());
    }

    /** The same for a request of somebody's. */
    public Write of(Fingerprint asked) {
        return new Write(id, operations, conditions, createdAtMillis, youngerThan, Optional.of(asked));
    }

    /** The same, of which nothing is said of its write id's age. */
    public Write ofAnyAge() {
        return new Write(id, operations, conditions, createdAtMillis, Optional.empty(), request);
    }
}
