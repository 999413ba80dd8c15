package org.craq.core.replica;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * A write that asks the head for a place in the log; either all its operations take effect or none.
 *
 * @param youngerThan an entry of the log that the creator of the write id already knew about when it created the id;
 * avoids a lookup for an earlier attempt
 * @param request fingerprint of the request; empty for the store's own writes, whose ids no client knows
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

    /** Creates one of the store's own writes, whose write id may be of any age. */
    public Write(WriteId id, List<Operation> operations, List<Condition> conditions, long createdAtMillis) {
        this(id, operations, conditions, createdAtMillis, Optional.empty(), Optional.empty());
    }

    /** Returns a copy with the fingerprint of a client's request. */
    public Write of(Fingerprint asked) {
        return new Write(id, operations, conditions, createdAtMillis, youngerThan, Optional.of(asked));
    }

    /** Returns a copy that makes no claim about the age of its write id. */
    public Write ofAnyAge() {
        return new Write(id, operations, conditions, createdAtMillis, Optional.empty(), request);
    }
}
