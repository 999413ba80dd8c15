package org.craq.client.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Decides when a read that is slow to start is worth sending to a second member: after the time within which 95 % of
 * the recent reads started, and for at most 5 % of all reads (Dean and Barroso, The Tail at Scale, 2013: hedged
 * requests). Thread-safe.
 */
final class Hedging {
    static final int REMEMBERED = 128;
    /** Minimum number of answers before a delay can be called late. */
    static final int ENOUGH = 20;

    private static final double LATE = 0.95;
    private static final double SHARE = 0.05;
    private static final double MOST_SAVED = 5;
    /** Shorter delays are caused by the scheduler, not by a member. */
    private static final long LEAST_NANOS = 1_000_000;

    private final long[] answers = new long[REMEMBERED];
    private int count;
    private double allowed = 1;

    /** Returns how long to wait for the first member; empty until enough answers are known. */
    synchronized Optional<Duration> delay() {
        if (count < ENOUGH) {
            return Optional.empty();
        }
        long[] sorted = Arrays.copyOf(answers, Math.min(count, REMEMBERED));
        Arrays.sort(sorted);
        return Optional.of(Duration.ofNanos(Math.max(LEAST_NANOS, sorted[(int) (LATE * (sorted.length - 1))])));
    }

    /**
     * Records how long a first member took to begin its answer; for a member that has not answered yet, how long it has
     * taken so far.
     */
    synchronized void answered(long nanos) {
        answers[count % REMEMBERED] = nanos;
        // The count serves as an index and as "buffer is full", so it can wrap around.
        count = count + 1 < 2 * REMEMBERED ? count + 1 : REMEMBERED;
        allowed = Math.min(MOST_SAVED, allowed + SHARE);
    }

    /** Takes a permit to ask a second member; returns false if none is left. */
    synchronized boolean take() {
        if (allowed < 1) {
            return false;
        }
        allowed--;
        return true;
    }
}
