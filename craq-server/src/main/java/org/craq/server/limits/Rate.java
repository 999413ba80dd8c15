package org.craq.server.limits;

import java.time.Duration;
import java.util.OptionalLong;

/** Allows a number of events at once, and then one in each interval: a token bucket. Not thread-safe. */
public final class Rate {
    private final long interval;
    private final long ahead;
    /** The time by which all events so far would have happened at one per interval. */
    private OptionalLong due = OptionalLong.empty();

    /**
     * Creates one that nothing has been taken from.
     *
     * @param atOnce at least 1
     */
    public Rate(Duration interval, int atOnce) {
        this.interval = interval.toNanos();
        this.ahead = this.interval * (atOnce - 1);
    }

    private long debt(long now) {
        return due.isEmpty() ? 0 : Math.max(due.getAsLong() - now, 0);
    }

    /** Returns whether as many as possible are allowed at once again. */
    public boolean isRested(long now) {
        return debt(now) == 0;
    }

    /** Returns how long to wait for the next event; zero if it is allowed now. */
    public Duration pause(long now) {
        return Duration.ofNanos(Math.max(debt(now) - ahead, 0));
    }

    /** Counts an event. */
    public void take(long now) {
        due = OptionalLong.of(now + debt(now) + interval);
    }
}
