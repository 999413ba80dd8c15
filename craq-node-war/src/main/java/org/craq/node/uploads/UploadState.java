package org.craq.node.uploads;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.craq.core.file.Content;
import org.craq.core.file.Version;
import org.craq.node.metadata.FileRecord;
import org.craq.wire.content.ContentChecksum;

/**
 * The replicated state of an upload: every byte below its offset is durable on every serving member.
 *
 * @param version version of the plan
 * @param parts the parts without gaps, in order
 * @param changedAtMillis time of the last write, by the clock of the node that was the head then
 */
public record UploadState(UploadId id, UploadPlan plan, Version version, List<FileRecord> parts, long changedAtMillis) {
    public UploadState {
        Objects.requireNonNull(id);
        Objects.requireNonNull(plan);
        Objects.requireNonNull(version);
        parts = List.copyOf(parts);
    }

    /** Derives the state from an upload's files. */
    static UploadState of(UploadId id, FileRecord plan, List<FileRecord> parts) {
        long changed = Stream.concat(Stream.of(plan), parts.stream())
                .mapToLong(FileRecord::createdAtMillis)
                .max()
                .orElseThrow();
        return new UploadState(id, UploadPlan.of(plan.userMetadata()), plan.version(), parts, changed);
    }

    Stream<Content> contents() {
        return parts.stream().flatMap(part -> part.body().orElseThrow().contents().stream());
    }

    public long offset() {
        return plan.complete()
                ? plan.length().orElseThrow()
                : contents().mapToLong(Content::length).sum();
    }

    /** Returns the CRC32C of the bytes in the parts; 0 when there are none. */
    public int crc32c() {
        ContentChecksum checksum = new ContentChecksum();
        contents().forEach(content -> checksum.add(content.crc32c(), content.length()));
        return checksum.value();
    }

    /** True when all bytes have arrived and the file only has to be assembled. */
    boolean ready() {
        return !plan.complete() && plan.length().isPresent() && plan.length().getAsLong() == offset();
    }
}
