package org.craq.client;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * What to read, and how. Immutable: start from {@link #defaults()}; each {@code with} method returns a changed copy.
 *
 * @param version an old version; empty: the newest
 * @param offset bytes to skip
 * @param limit maximum number of bytes to read; empty: to the end
 * @param node the only member to ask; empty: the member that the manager names, and another one if that fails
 * @param progress called with the number of bytes received so far
 * @param resume keep the bytes of an interrupted download, and call this with a sentence about what happens to them;
 *     empty: keep nothing
 * @param parallel number of ranges that a download into a file fetches concurrently
 */
public record GetOptions(
        Optional<FileVersion> version,
        long offset,
        OptionalLong limit,
        Freshness freshness,
        Optional<String> node,
        LongConsumer progress,
        Optional<Consumer<String>> resume,
        int parallel) {
    /** Highest number of concurrent ranges. */
    public static final int MAX_PARALLEL = 64;

    private static final GetOptions DEFAULTS = new GetOptions(
            Optional.empty(),
            0,
            OptionalLong.empty(),
            Freshness.strong(),
            Optional.empty(),
            bytes -> {},
            Optional.empty(),
            1);

    public GetOptions {
        if (offset < 0) {
            throw new IllegalArgumentException("an offset must not be negative: " + offset);
        }
        if (limit.isPresent() && limit.getAsLong() < 1) {
            throw new IllegalArgumentException("a limit is at least 1 byte, not " + limit.getAsLong());
        }
        Objects.requireNonNull(freshness);
        Objects.requireNonNull(resume);
        if (parallel < 1 || parallel > MAX_PARALLEL) {
            throw new IllegalArgumentException(
                    "a download has 1 to " + MAX_PARALLEL + " ranges under way at once, not " + parallel);
        }
    }

    /** Reads the whole newest version, with strong consistency, from any member. */
    public static GetOptions defaults() {
        return DEFAULTS;
    }

    /** Reads this version. */
    public GetOptions withVersion(FileVersion value) {
        return new GetOptions(Optional.of(value), offset, limit, freshness, node, progress, resume, parallel);
    }

    /**
     * Reads at most {@code bytes} bytes, beginning at offset {@code start}.
     *
     * @throws IllegalArgumentException when {@code start} is negative or {@code bytes} is less than 1
     */
    public GetOptions withRange(long start, long bytes) {
        return new GetOptions(version, start, OptionalLong.of(bytes), freshness, node, progress, resume, parallel);
    }

    /**
     * Reads from offset {@code start} to the end.
     *
     * @throws IllegalArgumentException when {@code start} is negative
     */
    public GetOptions withOffset(long start) {
        return new GetOptions(version, start, limit, freshness, node, progress, resume, parallel);
    }

    /** Sets the consistency; for {@code BOUNDED}, which needs a bound, use {@link #withFreshness}. */
    public GetOptions withConsistency(Consistency value) {
        return withFreshness(Freshness.of(value));
    }

    /** Sets how fresh the answer must be. */
    public GetOptions withFreshness(Freshness value) {
        return new GetOptions(version, offset, limit, value, node, progress, resume, parallel);
    }

    /** Asks only the member with this node id: if it can't answer, the read fails. */
    public GetOptions withNode(String value) {
        return new GetOptions(version, offset, limit, freshness, Optional.of(value), progress, resume, parallel);
    }

    /** Sets a listener for the number of bytes received so far, called on the thread that reads. */
    public GetOptions withProgress(LongConsumer value) {
        return new GetOptions(version, offset, limit, freshness, node, value, resume, parallel);
    }

    /**
     * Makes a download into a file resume where an interrupted download of the same version into the same file stopped.
     * The received bytes are kept beside the file, and the whole content is verified against the version's checksum at
     * the end. Only for whole files.
     *
     * @param notes called with one sentence each time that bytes are kept, resumed from, or discarded
     */
    public GetOptions withResume(Consumer<String> notes) {
        return new GetOptions(version, offset, limit, freshness, node, progress, Optional.of(notes), parallel);
    }

    /**
     * Makes a download into a file fetch this many ranges concurrently, from all members in turn, which is faster where
     * the link or disk of each member is the limit. Only for whole files. An interrupted download can't be resumed.
     *
     * @throws IllegalArgumentException unless the value is 1 to {@value #MAX_PARALLEL}
     */
    public GetOptions withParallel(int value) {
        return new GetOptions(version, offset, limit, freshness, node, progress, resume, value);
    }
}
