package org.craq.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * How to store a file. Immutable: start from {@link #defaults()}, each {@code with} method returns a changed copy.
 *
 * @param contentType media type to keep with the file; empty: none
 * @param userMetadata texts of your own to keep with the file: at most 64 keys, which are tokens as the names of HTTP headers are and
 *     are kept in lower case, and 2048 bytes in all; values without control characters
 * @param writeId the same id is the same write, however often it is sent, and another write under it fails with
 *     {@code WRITE_ID_REUSED}; empty: a fresh one for each put
 * @param progress told the bytes sent so far; goes back when the upload must be repeated
 * @param chunkSize bytes in every fragment but the last, 4096 to 1048576
 */
public record PutOptions(
        String contentType,
        Map<String, String> userMetadata,
        Optional<UUID> writeId,
        Optional<Precondition> precondition,
        LongConsumer progress,
        int chunkSize) {
    public static final int MIN_CHUNK_SIZE = 4 << 10;
    public static final int MAX_CHUNK_SIZE = 1 << 20;

    private static final PutOptions DEFAULTS =
            new PutOptions("", Map.of(), Optional.empty(), Optional.empty(), bytes -> {}, MAX_CHUNK_SIZE);

    public PutOptions {
        if (chunkSize < MIN_CHUNK_SIZE || chunkSize > MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException(
                    "the chunk size must be " + MIN_CHUNK_SIZE + " to " + MAX_CHUNK_SIZE + " bytes, not " + chunkSize);
        }
        userMetadata = Collections.unmodifiableMap(new LinkedHashMap<>(userMetadata));
    }

    public static PutOptions defaults() {
        return DEFAULTS;
    }

    public PutOptions withContentType(String value) {
        return new PutOptions(value, userMetadata, writeId, precondition, progress, chunkSize);
    }

    public PutOptions withUserMetadata(Map<String, String> value) {
        return new PutOptions(contentType, value, writeId, precondition, progress, chunkSize);
    }

    /** Makes the put repeatable across calls: see {@link CraqClient}. */
    public PutOptions withWriteId(UUID value) {
        return new PutOptions(contentType, userMetadata, Optional.of(value), precondition, progress, chunkSize);
    }

    /** Stores only if the newest version is this one. */
    public PutOptions ifVersion(FileVersion value) {
        return with(new Precondition.IfVersion(value));
    }

    /** Stores only if there is no file of that name. */
    public PutOptions ifAbsent() {
        return with(new Precondition.IfAbsent());
    }

    private PutOptions with(Precondition value) {
        return new PutOptions(contentType, userMetadata, writeId, Optional.of(value), progress, chunkSize);
    }

    public PutOptions withProgress(LongConsumer value) {
        return new PutOptions(contentType, userMetadata, writeId, precondition, value, chunkSize);
    }

    public PutOptions withChunkSize(int value) {
        return new PutOptions(contentType, userMetadata, writeId, precondition, progress, value);
    }
}
