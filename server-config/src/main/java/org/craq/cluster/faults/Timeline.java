package org.craq.cluster.faults;

import java.time.Duration;
import java.util.Arrays;

/** Records when operations succeeded, by {@link System#nanoTime}. Thread-safe. */
final class Timeline {
    private long[] times = new long[1 << 16];
    private int size;
    private int failures;

    synchronized void add(long nanos) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
        }
        times[size++] = nanos;
    }

    synchronized void failed() {
        failures++;
    }

    synchronized int failures() {
        return failures;
    }

    synchronized int size() {
        return size;
    }

    /**
     * Returns the longest time without a success between two times; the interval begins and ends with the given times.
     */
    synchronized Duration longestGap(long from, long to) {
        long[] sorted = Arrays.copyOf(times, size);
        Arrays.sort(sorted);
        long last = from;
        long longest = 0;
        for (long time : sorted) {
            if (time <= from) {
                continue;
            }
            longest = Math.max(longest, Math.min(time, to) - last);
            if (time >= to) {
                return Duration.ofNanos(longest);
            }
            last = time;
        }
        return Duration.ofNanos(Math.max(longest, to - last));
    }

    /** Returns the number of successes per second between two times. */
    synchronized double rate(long from, long to) {
        long count = Arrays.stream(times, 0, size)
                .filter(time -> time >= from && time < to)
                .count();
        return count / ((to - from) / 1e9);
    }
}
