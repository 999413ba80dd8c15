package org.craq.client.bench;

import java.time.Duration;

/**
 * How to measure one file that is read and written at once.
 *
 * @param size bytes of each version
 * @param readers who each begin their next read when their last one has ended
 * @param writers the same with writes
 * @param seconds how long operations are begun; those under way are waited for and counted
 * @param warmUp the same load before that, not counted
 */
public record HotFileSettings(long size, int readers, int writers, Duration seconds, Duration warmUp) {
    private static final int MOST_CLIENTS = 1024;

    public HotFileSettings {
        if (size < 1) {
            throw new IllegalArgumentException("a file has at least 1 byte, not " + size);
        }
        if (readers < 0 || writers < 0 || readers > MOST_CLIENTS || writers > MOST_CLIENTS) {
            throw new IllegalArgumentException("the number of readers and of writers is 0 to " + MOST_CLIENTS);
        }
        if (readers + writers == 0) {
            throw new IllegalArgumentException("there must be a reader or a writer");
        }
        if (seconds.isNegative() || seconds.isZero()) {
            throw new IllegalArgumentException("a measurement takes at least 1 second");
        }
        if (warmUp.isNegative()) {
            throw new IllegalArgumentException("a warm-up takes 0 seconds or more");
        }
    }
}
