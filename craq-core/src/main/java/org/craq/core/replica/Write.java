package org.craq.core.replica;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.craq.core.file.FileName;

/** A write that asks the head for its place in the log: all its operations or none. */
public record Write(WriteId id, List<Operation> operations, List<Condition> conditions, long createdAtMillis) {
    public Write {
        Objects.requireNonNull(id);
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
}
