package org.craq.server.limits;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A {@link Rate} for each key, of at most {@value #MOST}. Beyond that the key gives way from which nothing was taken for the
 * longest time: it is as if nothing had ever been taken from it. Whoever has more keys than that is not held back by
 * this, but could not be anyhow, as each of them has its own rate. Thread-safe.
 */
public final class Rates {
    static final int MOST = 10_000;

    private final Duration interval;
    private final int atOnce;
    private final LongSupplier nanoTime;
    /** The one that was last taken from is the last. */
    private final Map<String, Rate> rates = new LinkedHashMap<>();

    /**
     * Creates it.
     *
     * @param atOnce how many events of one key are allowed at once
     * @param interval after which one more is allowed
     * @param nanoTime a monotonic clock
     */
    public Rates(int atOnce, Duration interval, LongSupplier nanoTime) {
        this.interval = interval;
        this.atOnce = atOnce;
        this.nanoTime = nanoTime;
    }

    /** Returns how long the next event of this key has to wait; zero if it is allowed now. */
    public synchronized Duration pause(String key) {
        Rate rate = rates.get(key);
        return rate == null ? Duration.ZERO : rate.pause(nanoTime.getAsLong());
    }

    /** Counts an event of this key if it is allowed now, and returns zero; otherwise how long it has to wait. */
    public synchronized Duration take(String key) {
        Duration pause = pause(key);
        if (pause.isZero()) {
            count(key);
        }
        return pause;
    }

    /** Counts an event of this key, whether it is allowed or not. */
    public synchronized void count(String key) {
        Rate rate = rates.remove(key);
        if (rate == null && rates.size() >= MOST) {
            Iterator<String> oldest = rates.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        Rate counted = rate == null ? new Rate(interval, atOnce) : rate;
        counted.take(nanoTime.getAsLong());
        rates.put(key, counted);
    }
}
