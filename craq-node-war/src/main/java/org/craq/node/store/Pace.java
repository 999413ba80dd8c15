package org.craq.node.store;

import java.util.concurrent.TimeUnit;

/** Keeps background work to a rate in bytes per second. Not thread-safe. */
final class Pace {
    /** Unused allowance accumulates for at most this long. */
    private static final long LONGEST_SAVING_SECONDS = 1;

    private final long bytesASecond;
    private long last;
    private long credit;

    Pace(long bytesASecond, long nowNanos) {
        this.bytesASecond = bytesASecond;
        this.last = nowNanos;
    }

    /** Returns the bytes that may be processed now; zero or less when the rate has been exceeded. */
    long allowance(long nowNanos) {
        double seconds = (nowNanos - last) / (double) TimeUnit.SECONDS.toNanos(1);
        last = nowNanos;
        credit = (long) Math.min(credit + seconds * bytesASecond, (double) LONGEST_SAVING_SECONDS * bytesASecond);
        return credit;
    }

    void took(long bytes) {
        credit -= bytes;
    }
}
