package org.craq.node.store;

import java.util.concurrent.TimeUnit;

/** How many bytes background work may take at a time, so that it keeps to its rate. Not for several threads at once. */
final class Pace {
    /** What was not taken does not add up for longer. */
    private static final long LONGEST_SAVING_SECONDS = 1;

    private final long bytesASecond;
    private long last;
    private long credit;

    Pace(long bytesASecond, long nowNanos) {
        this.bytesASecond = bytesASecond;
        this.last = nowNanos;
    }

    /** Bytes that may be taken now; not positive when more was taken than the rate allows. */
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
