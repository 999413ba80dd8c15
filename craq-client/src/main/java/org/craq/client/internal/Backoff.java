package org.craq.client.internal;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.craq.wire.CraqException;

/** Computes the pauses between the attempts of one operation, and decides when to stop. Belongs to one thread. */
final class Backoff {
    private static final long FIRST_MILLIS = 50;
    /**
     * Number of pauses of each length before the length doubles: a planned membership change is usually over by then.
     */
    private static final int SAME = 3;

    /**
     * Longest pause during the first seconds. The chain may be changing its members; the operation should not wait much
     * longer than that takes.
     */
    private static final long LONGEST_AT_FIRST_MILLIS = 200;

    private static final long AT_FIRST_NANOS = TimeUnit.SECONDS.toNanos(6);
    private static final long LONGEST_MILLIS = 2_000;

    private long since = System.nanoTime();
    private int attempts;
    private int pauses;

    /** Starts the budget again, as the operation has made progress. */
    void progressed() {
        since = System.nanoTime();
        pauses = 0;
    }

    /** Counts a failed attempt that is repeated without a pause, since another member may serve. */
    void atOnce(CraqException failure, Duration budget) {
        attempts++;
        left(failure, budget);
    }

    /**
     * Waits before the next attempt, at least as long as the server has asked for; not at all if that is longer than what is left.
     *
     * @throws CraqException with the failure's code when the budget is spent or the thread interrupted
     */
    void pause(CraqException failure, Duration budget) {
        attempts++;
        long left = left(failure, budget);
        boolean atFirst = System.nanoTime() - since < AT_FIRST_NANOS;
        long longest = Math.min(
                atFirst ? LONGEST_AT_FIRST_MILLIS : LONGEST_MILLIS, FIRST_MILLIS << Math.min(pauses++ / SAME, 10));
        Duration asked = failure.retryAfter().orElse(Duration.ZERO);
        if (asked.toNanos() > left) {
            throw ended(failure);
        }
        long own = longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
        long millis = Math.max(own, asked.toMillis());
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(millis)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(
                    failure.code(), "interrupted before it could be repeated: " + failure.getMessage(), failure);
        }
    }

    private long left(CraqException failure, Duration budget) {
        long left = budget.toNanos() - (System.nanoTime() - since);
        if (left <= 0) {
            throw ended(failure);
        }
        return left;
    }

    private CraqException ended(CraqException failure) {
        return new CraqException(
                failure.code(), failure.getMessage() + " (gave up after " + attempts + " attempts)", failure);
    }
}
