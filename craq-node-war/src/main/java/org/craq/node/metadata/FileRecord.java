package org.craq.node.metadata;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Entry;
import org.craq.core.replica.WriteId;

/**
 * One version of one file as the metadata know it.
 *
 * @param content empty for a tombstone
 * @param createdAtMillis since 1970, by the clock of the head that gave it its place
 * @param pruned retention has given up its content
 */
public record FileRecord(
        FileName name,
        Version version,
        UUID writeId,
        Optional<Content> content,
        String contentType,
        Map<String, String> userMetadata,
        long createdAtMillis,
        boolean pruned) {
    public FileRecord {
        Objects.requireNonNull(name);
        Objects.requireNonNull(version);
        Objects.requireNonNull(writeId);
        Objects.requireNonNull(content);
        Objects.requireNonNull(contentType);
        userMetadata = Map.copyOf(userMetadata);
    }

    /** What the entry that deleted a file leaves of it. */
    static FileRecord tombstone(FileName name, Entry entry, WriteId writeId) {
        return new FileRecord(
                name, entry.version(), writeId.value(), Optional.empty(), "", Map.of(), entry.createdAtMillis(), false);
    }

    public boolean tombstone() {
        return content.isEmpty();
    }
}
