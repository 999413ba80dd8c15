package org.craq.node.uploads;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.craq.core.file.Content;
import org.craq.core.file.Version;
import org.craq.node.metadata.FileRecord;
import org.craq.wire.content.ContentChecksum;

/**
 * An upload as the chain holds it: every byte below its offset is durable on every serving member.
 *
 * @param version of the plan
 * @param parts without gaps, in their order
 * @param changedAtMillis when it was last gone on with, by the clock of the head of that time
 */
public record UploadState(UploadId id, UploadPlan plan, Version version, List<FileRecord> parts, long changedAtMillis) {
    public UploadState {
        Objects.requireNonNull(id);
        Objects.requireNonNull(plan);
        Objects.requireNonNull(version);
        parts = List.copyOf(parts);
    }

    /** From an upload's files, the plan first. */
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

    /** CRC32C of the bytes below the offset, of the parts' own: 0 of none. */
    public int crc32c() {
        ContentChecksum checksum = new ContentChecksum();
        contents().forEach(content -> checksum.add(content.crc32c(), content.length()));
        return checksum.value();
    }

    /** True when all bytes are here, and the file need only be put together. */
    boolean ready() {
        return !plan.complete() && plan.length().isPresent() && plan.length().getAsLong() == offset();
    }
}
