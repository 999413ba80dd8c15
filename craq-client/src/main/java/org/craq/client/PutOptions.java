package org.craq.client;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * How to store a file. Immutable: start from {@link #defaults()}; each {@code with} method returns a changed copy.
 *
 * @param contentType media type to keep with the file; empty: none
 * @param userMetadata key-value pairs of your own to keep with the file: at most 64 keys and 2048 bytes in all. Keys
 *     are tokens, like the names of HTTP headers, and are stored in lower case; values have no control characters
 * @param writeId identifies the write: sent repeatedly, it takes effect once, and a different write under the same id
 *     fails with {@code WRITE_ID_REUSED}. Empty: each put uses a fresh id
 * @param precondition what must hold for the file; empty: the write is unconditional
 * @param progress called with the number of bytes sent so far, which goes back when the upload is retried; of a put that is resumed,
 *     with the position in the file
 * @param chunkSize bytes in every chunk but the last, 4096 to 1048576
 * @param resume keep the bytes of an interrupted put, so that another one can continue; empty: keep nothing
 */
public record PutOptions(
        String contentType,
        Map<String, String> userMetadata,
        Optional<UUID> writeId,
        Optional<Precondition> precondition,
        LongConsumer progress,
        int chunkSize,
        Optional<Resume> resume) {
    /** Smallest chunk size in bytes. */
    public static final int MIN_CHUNK_SIZE = 4 << 10;
    /** Largest chunk size in bytes, which is the default. */
    public static final int MAX_CHUNK_SIZE = 1 << 20;

    private static final PutOptions DEFAULTS = new PutOptions(
            "", Map.of(), Optional.empty(), Optional.empty(), bytes -> {}, MAX_CHUNK_SIZE, Optional.empty());

    /**
     * How an interrupted put is resumed.
     *
     * @param records folder for one small file per put in progress; it is created if need be
     * @param notes called with one sentence each time that bytes are kept, resumed from, or discarded
     */
    public record Resume(Path records, Consumer<String> notes) {
        public Resume {
            Objects.requireNonNull(records);
            Objects.requireNonNull(notes);
        }
    }

    public PutOptions {
        if (chunkSize < MIN_CHUNK_SIZE || chunkSize > MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException(
                    "the chunk size must be " + MIN_CHUNK_SIZE + " to " + MAX_CHUNK_SIZE + " bytes, not " + chunkSize);
        }
        Objects.requireNonNull(resume);
        userMetadata = Collections.unmodifiableMap(new LinkedHashMap<>(userMetadata));
    }

    /** Stores unconditionally, without content type and metadata, in chunks of 1 MiB. */
    public static PutOptions defaults() {
        return DEFAULTS;
    }

    /** Sets the media type. */
    public PutOptions withContentType(String value) {
        return new PutOptions(value, userMetadata, writeId, precondition, progress, chunkSize, resume);
    }

    /** Sets the key-value pairs to keep with the file. Beyond the limits above, the put fails with {@code INVALID_ARGUMENT}. */
    public PutOptions withUserMetadata(Map<String, String> value) {
        return new PutOptions(contentType, value, writeId, precondition, progress, chunkSize, resume);
    }

    /** Makes the put repeatable across calls: see {@link CraqClient}. */
    public PutOptions withWriteId(UUID value) {
        return new PutOptions(contentType, userMetadata, Optional.of(value), precondition, progress, chunkSize, resume);
    }

    /** Stores only if this version is the newest. */
    public PutOptions ifVersion(FileVersion value) {
        return with(new Precondition.IfVersion(value));
    }

    /** Stores only if the file does not exist. */
    public PutOptions ifAbsent() {
        return with(new Precondition.IfAbsent());
    }

    private PutOptions with(Precondition value) {
        return new PutOptions(contentType, userMetadata, writeId, Optional.of(value), progress, chunkSize, resume);
    }

    /** Sets a listener for the number of bytes sent so far, called on the thread that writes. */
    public PutOptions withProgress(LongConsumer value) {
        return new PutOptions(contentType, userMetadata, writeId, precondition, value, chunkSize, resume);
    }

    /**
     * Sets the chunk size in bytes.
     *
     * @throws IllegalArgumentException unless the value is {@value #MIN_CHUNK_SIZE} to {@value #MAX_CHUNK_SIZE}
     */
    public PutOptions withChunkSize(int value) {
        return new PutOptions(contentType, userMetadata, writeId, precondition, progress, value, resume);
    }

    /**
     * Makes the put of a local file resumable: the bytes that have arrived are kept by the nodes for a day, and the next put of the same
     * file under the same name, with the same options, continues there, also in another process. It does so only if what is kept is the
     * beginning of the file as it is now. The file appears in the store as a whole, at the end.
     *
     * <p>Which put has begun is recorded in a folder; with a write id of the caller's, that id tells, and nothing is recorded. Worthwhile
     * from some 100 MiB on. Only for puts of regular files in chunks of the default size; a pipe or a device is sent at once.
     *
     * @param records folder for the records, which other clients may use too; created if need be
     * @param notes called with one sentence each time that bytes are kept, resumed from, or discarded
     */
    public PutOptions withResume(Path records, Consumer<String> notes) {
        return new PutOptions(
                contentType,
                userMetadata,
                writeId,
                precondition,
                progress,
                chunkSize,
                Optional.of(new Resume(records, notes)));
    }
}
