package org.craq.client;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * What to read, and how. Immutable: start from {@link #defaults()}, each {@code with} method returns a changed copy.
 *
 * @param version an old version; empty: the newest
 * @param offset bytes to skip
 * @param limit bytes to read at most; empty: to the end
 * @param node the only member to ask; empty: whoever the manager names, another one if that fails
 * @param progress told the bytes received so far
 * @param resume told in a sentence what becomes of what an interrupted download has left; empty: nothing is left
 */
public record GetOptions(
        Optional<FileVersion> version,
        long offset,
        OptionalLong limit,
        Freshness freshness,
        Optional<String> node,
        LongConsumer progress,
        Optional<Consumer<String>> resume) {
    private static final GetOptions DEFAULTS = new GetOptions(
            Optional.empty(),
            0,
            OptionalLong.empty(),
            Freshness.strong(),
            Optional.empty(),
            bytes -> {},
            Optional.empty());

    public GetOptions {
        if (offset < 0) {
            throw new IllegalArgumentException("an offset is not negative: " + offset);
        }
        if (limit.isPresent() && limit.getAsLong() < 1) {
            throw new IllegalArgumentException("a limit is at least 1 byte, not " + limit.getAsLong());
        }
        Objects.requireNonNull(freshness);
        Objects.requireNonNull(resume);
    }

    public static GetOptions defaults() {
        return DEFAULTS;
    }

    public GetOptions withVersion(FileVersion value) {
        return new GetOptions(Optional.of(value), offset, limit, freshness, node, progress, resume);
    }

    /** Reads at most {@code bytes} bytes from {@code start} on. */
    public GetOptions withRange(long start, long bytes) {
        return new GetOptions(version, start, OptionalLong.of(bytes), freshness, node, progress, resume);
    }

    /** Reads from {@code start} to the end. */
    public GetOptions withOffset(long start) {
        return new GetOptions(version, start, limit, freshness, node, progress, resume);
    }

    /** Not for {@code BOUNDED}, which needs a bound: see {@link #withFreshness}. */
    public GetOptions withConsistency(Consistency value) {
        return withFreshness(Freshness.of(value));
    }

    public GetOptions withFreshness(Freshness value) {
        return new GetOptions(version, offset, limit, value, node, progress, resume);
    }

    /** Asks this member and no other: the read fails if it can't answer. */
    public GetOptions withNode(String value) {
        return new GetOptions(version, offset, limit, freshness, Optional.of(value), progress, resume);
    }

    public GetOptions withProgress(LongConsumer value) {
        return new GetOptions(version, offset, limit, freshness, node, value, resume);
    }

    /**
     * Has a download into a file go on where an interrupted one of the same version, into the same file, has stopped: what
     * came is kept beside the file, and the whole is held against the version's checksum at the end. Only for whole files.
     *
     * @param notes told what is kept, gone on with, or thrown away, one sentence at a time
     */
    public GetOptions withResume(Consumer<String> notes) {
        return new GetOptions(version, offset, limit, freshness, node, progress, Optional.of(notes));
    }
}
