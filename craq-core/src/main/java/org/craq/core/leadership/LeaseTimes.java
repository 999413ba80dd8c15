package org.craq.core.leadership;

import java.time.Duration;

/**
 * The durations of the leader election, each measured by the monotonic clock of the manager that applies it.
 *
 * @param takeover how long a row must stay unchanged before it may be claimed
 * @param right how long a leader may act after it began its last successful renewal; less than the takeover time by a
 * margin for clocks that run at different rates
 * @param beat how often the leader renews
 */
public record LeaseTimes(Duration takeover, Duration right, Duration beat) {
    public LeaseTimes {
        if (right.compareTo(takeover) >= 0 || beat.multipliedBy(2).compareTo(right) > 0) {
            throw new IllegalArgumentException("a leader's right (" + right + ") must end before others take over ("
                    + takeover + ") and last for two renewals (every " + beat + ")");
        }
    }

    /** Derives the times from the takeover time: a quarter for each beat, a sixth as the margin. */
    public static LeaseTimes of(Duration takeover) {
        return new LeaseTimes(takeover, takeover.multipliedBy(5).dividedBy(6), takeover.dividedBy(4));
    }
}
