package org.craq.node.metadata;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.file.Body;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;

/**
 * One version of one file as the metadata has it.
 *
 * @param body empty for a tombstone
 * @param createdAtMillis milliseconds since 1970, by the clock of the head that ordered the version
 * @param pruned true if its content has been pruned, or the version deleted
 */
public record FileRecord(
        FileName name,
        Version version,
        UUID writeId,
        Optional<Body> body,
        String contentType,
        Map<String, String> userMetadata,
        long createdAtMillis,
        boolean pruned) {
    public FileRecord {
        Objects.requireNonNull(name);
        Objects.requireNonNull(version);
        Objects.requireNonNull(writeId);
        Objects.requireNonNull(body);
        Objects.requireNonNull(contentType);
        userMetadata = Map.copyOf(userMetadata);
    }

    /**
     * Creates the record of one operation of an entry.
     *
     * @param pruned true if retention has pruned the content that the operation puts
     */
    public static FileRecord of(Entry entry, Operation operation, boolean pruned) {
        Optional<Operation.Put> put = operation instanceof Operation.Put it ? Optional.of(it) : Optional.empty();
        return new FileRecord(
                operation.name(),
                entry.version(),
                operation.writeId().value(),
                put.map(Operation.Put::body),
                put.map(Operation.Put::contentType).orElse(""),
                put.map(Operation.Put::userMetadata).orElse(Map.of()),
                entry.createdAtMillis(),
                pruned);
    }

    /** Returns this version, marked as pruned. */
    FileRecord givenUp() {
        return new FileRecord(name, version, writeId, body, contentType, userMetadata, createdAtMillis, true);
    }

    public boolean tombstone() {
        return body.isEmpty();
    }
}
