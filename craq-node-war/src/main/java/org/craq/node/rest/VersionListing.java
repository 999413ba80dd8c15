package org.craq.node.rest;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.craq.core.file.Body;
import org.craq.core.file.FileName;
import org.craq.node.files.Versions;
import org.craq.node.metadata.FileRecord;

/** GET /v1/files/{name}?versions: newest first. */
public record VersionListing(String name, List<Entry> versions, String nextCursor) {
    /**
     * One version, or the file's deletion.
     *
     * @param deleted true if this version is the file's deletion and has no content
     * @param pruned true if retention has pruned the content
     * @param length in bytes
     * @param crc32c eight hexadecimal digits
     * @param createdAt ISO 8601, UTC, by the head's clock
     */
    public record Entry(
            String version,
            boolean deleted,
            boolean pruned,
            long length,
            String crc32c,
            String contentType,
            Map<String, String> userMetadata,
            String createdAt) {
        static Entry of(FileRecord file) {
            return new Entry(
                    file.version().toString(),
                    file.tombstone(),
                    file.pruned(),
                    file.body().map(Body::length).orElse(0L),
                    FileListing.hex(file.body().map(Body::crc32c).orElse(0)),
                    file.contentType(),
                    file.userMetadata(),
                    Instant.ofEpochMilli(file.createdAtMillis()).toString());
        }
    }

    static VersionListing of(FileName name, Versions page) {
        return new VersionListing(
                name.value(), page.versions().stream().map(Entry::of).toList(), page.nextCursor());
    }
}
