package org.craq.node.rest;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.craq.core.file.Body;
import org.craq.node.files.FileWrites;
import org.craq.node.files.Listing;
import org.craq.node.metadata.FileRecord;
import org.craq.server.audit.AuditedReceipt;

/**
 * GET /v1/files. Names are in the byte order of their UTF-8.
 *
 * @param prefixes common prefixes of the names that contain the delimiter, in the same order
 * @param nextCursor empty on the last page
 */
public record FileListing(List<Entry> files, List<String> prefixes, String nextCursor) {
    static FileListing of(Listing page) {
        return new FileListing(page.files().stream().map(Entry::of).toList(), page.prefixes(), page.nextCursor());
    }

    /**
     * One file.
     *
     * @param version as in the ETag
     * @param length in bytes
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
            Body content = file.body().orElseThrow();
            return new Entry(
                    file.name().value(),
                    file.version().toString(),
                    content.length(),
                    hex(content.crc32c()),
                    file.contentType(),
                    file.userMetadata(),
                    Instant.ofEpochMilli(file.createdAtMillis()).toString());
        }
    }

    static String hex(int crc32c) {
        return String.format("%08x", crc32c);
    }

    /**
     * The answer to a write.
     *
     * @param digests digests of the content that were sent or asked for, in Base64, by RFC 9530's names of algorithms
     * @param members ids of the chain's nodes, head first
     */
    public record Receipt(
            String name,
            String version,
            long length,
            String crc32c,
            Map<String, String> digests,
            List<String> members,
            long epoch)
            implements AuditedReceipt {
        static Receipt of(FileWrites.Done done, Map<String, String> digests) {
            return new Receipt(
                    done.name().value(),
                    done.version().toString(),
                    done.body().map(Body::length).orElse(0L),
                    hex(done.body().map(Body::crc32c).orElse(0)),
                    digests,
                    done.memberIds(),
                    done.chain().epoch().value());
        }
    }
}
