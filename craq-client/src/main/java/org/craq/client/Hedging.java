package org.craq.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * When a read that has not begun to be answered is worth asking a second member for: after the time in which 95 % of the last reads
 * were, and for no more than 5 % of all (Dean and Barroso, The Tail at Scale, 2013: hedged requests). Thread-safe.
 */
final class Hedging {
    static final int REMEMBERED = 128;
    /** Before so many answers nobody knows what is late. */
    static final int ENOUGH = 20;

    private static final double LATE = 0.95;
    private static final double SHARE = 0.05;
    private static final double MOST_SAVED = 5;
    /** Shorter delays are those of a scheduler, not of a member. */
    private static final long LEAST_NANOS = 1_000_000;

    private final long[] answers = new long[REMEMBERED];
    private int count;
    private double allowed = 1;

    /** How long to wait for the first member; empty while that is not known. */
    synchronized Optional<Duration> delay() {
        if (count < ENOUGH) {
            return Optional.empty();
        }
        long[] sorted = Arrays.copyOf(answers, Math.min(count, REMEMBERED));
        Arrays.sort(sorted);
        return Optional.of(Duration.ofNanos(Math.max(LEAST_NANOS, sorted[(int) (LATE * (sorted.length - 1))])));
    }

    /** A first member took so long to begin its answer, or at least so long. */
    synchronized void answered(long nanos) {
        answers[count % REMEMBERED] = nanos;
        // Beyond the length only the remainder counts.
        count = count + 1 < 2 * REMEMBERED ? count + 1 : REMEMBERED;
        allowed = Math.min(MOST_SAVED, allowed + SHARE);
    }

    /** True if one more read may be asked for twice. */
    synchronized boolean take() {
        if (allowed < 1) {
            return false;
        }
        allowed--;
        return true;
    }
}
