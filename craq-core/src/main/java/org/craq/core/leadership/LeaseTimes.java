package org.craq.core.leadership;

import java.time.Duration;

/**
 * How long things last in the competition for the lease, each by the monotonic clock of the manager that counts it.
 *
 * @param takeover a row that has stood still for so long may be claimed
 * @param right a leader may act so long after it began its last successful renewal; less than the takeover time by a
 *     margin for clocks that don't run equally fast
 * @param beat how often the leader renews
 */
public record LeaseTimes(Duration takeover, Duration right, Duration beat) {
    public LeaseTimes {
        if (right.compareTo(takeover) >= 0 || beat.multipliedBy(2).compareTo(right) > 0) {
            throw new IllegalArgumentException("a leader's right (" + right + ") must end before others take over ("
                    + takeover + ") and last for two renewals (every " + beat + ")");
        }
    }

    /** A quarter of the time for each beat, a sixth as the margin. */
    public static LeaseTimes of(Duration takeover) {
        return new LeaseTimes(takeover, takeover.multipliedBy(5).dividedBy(6), takeover.dividedBy(4));
    }
}
