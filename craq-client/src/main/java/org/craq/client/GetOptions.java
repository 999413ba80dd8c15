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
 * @param parallel ranges of a download into a file that are under way at once
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
            throw new IllegalArgumentException("an offset is not negative: " + offset);
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

    /** True unless all of the file is wanted. */
    boolean ranged() {
        return offset > 0 || limit.isPresent();
    }

    /** What one member calls the newest version, another need not know when weaker answers are asked for. */
    boolean sameVersionEverywhere() {
        return version.isPresent() || node.isPresent() || freshness.consistency() == Consistency.STRONG;
    }

    public static GetOptions defaults() {
        return DEFAULTS;
    }

    public GetOptions withVersion(FileVersion value) {
        return new GetOptions(Optional.of(value), offset, limit, freshness, node, progress, resume, parallel);
    }

    /** Reads at most {@code bytes} bytes from {@code start} on. */
    public GetOptions withRange(long start, long bytes) {
        return new GetOptions(version, start, OptionalLong.of(bytes), freshness, node, progress, resume, parallel);
    }

    /** Reads from {@code start} to the end. */
    public GetOptions withOffset(long start) {
        return new GetOptions(version, start, limit, freshness, node, progress, resume, parallel);
    }

    /** Not for {@code BOUNDED}, which needs a bound: see {@link #withFreshness}. */
    public GetOptions withConsistency(Consistency value) {
        return withFreshness(Freshness.of(value));
    }

    public GetOptions withFreshness(Freshness value) {
        return new GetOptions(version, offset, limit, value, node, progress, resume, parallel);
    }

    /** Asks this member and no other: the read fails if it can't answer. */
    public GetOptions withNode(String value) {
        return new GetOptions(version, offset, limit, freshness, Optional.of(value), progress, resume, parallel);
    }

    public GetOptions withProgress(LongConsumer value) {
        return new GetOptions(version, offset, limit, freshness, node, value, resume, parallel);
    }

    /**
     * Has a download into a file go on where an interrupted one of the same version, into the same file, has stopped: what
     * came is kept beside the file, and the whole is held against the version's checksum at the end. Only for whole files.
     *
     * @param notes told what is kept, gone on with, or thrown away, one sentence at a time
     */
    public GetOptions withResume(Consumer<String> notes) {
        return new GetOptions(version, offset, limit, freshness, node, progress, Optional.of(notes), parallel);
    }

    /**
     * Has a download into a file fetch so many ranges at once, from all members in turn: faster where each member's link or
     * disk is the limit. Only for whole files; an interrupted one leaves nothing to go on with.
     */
    public GetOptions withParallel(int value) {
        return new GetOptions(version, offset, limit, freshness, node, progress, resume, value);
    }
}
