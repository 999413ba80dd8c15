package org.craq.node.files;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.craq.core.file.Content;
import org.craq.node.metadata.FileRecord;

/** GET /v1/files. Names are in the byte order of their UTF-8. */
public record FileListing(List<Entry> files, String nextCursor) {
    /**
     * One file.
     *
     * @param version as in the ETag
     * @param length bytes
     * @param crc32c eight hexadecimal digits
     * @param createdAt ISO 8601, UTC, by the head's clock
     */
    public record Entry(
            String name,
            String version,
            long length,
            String crc32c,
            String contentType,
            Map<String, String> userMetadata,
            String createdAt) {
        static Entry of(FileRecord file) {
            Content content = file.content().orElseThrow();
            return new Entry(
                    file.name().value(),
                    file.version().toString(),
                    content.length(),
                    String.format("%08x", content.crc32c()),
                    file.contentType(),
                    file.userMetadata(),
                    Instant.ofEpochMilli(file.createdAtMillis()).toString());
        }
    }

    /** The answer to a write. */
    public record Receipt(String name, String version, long length, String crc32c, List<String> members, long epoch) {
        static Receipt of(FileStore.Done done) {
            return new Receipt(
                    done.name().value(),
                    done.version().toString(),
                    done.content().map(Content::length).orElse(0L),
                    String.format("%08x", done.content().map(Content::crc32c).orElse(0)),
                    done.memberIds(),
                    done.chain().epoch().value());
        }
    }
}
