package org.craq.client.bench;

import java.time.Duration;

/**
 * The settings for measuring one file that is read and written concurrently.
 *
 * @param size bytes of each version
 * @param readers number of readers, each of which starts its next read when the previous one has ended
 * @param writers number of writers, each of which starts its next write when the previous one has ended
 * @param seconds how long new operations are started; running ones are completed and counted
 * @param warmUp duration of the same load before the measurement, which is not counted
 */
public record HotFileSettings(long size, int readers, int writers, Duration seconds, Duration warmUp) {
    private static final int MOST_CLIENTS = 1024;

    public HotFileSettings {
        if (size < 1) {
            throw new IllegalArgumentException("a file has at least 1 byte, not " + size);
        }
        if (readers < 0 || writers < 0 || readers > MOST_CLIENTS || writers > MOST_CLIENTS) {
            throw new IllegalArgumentException("the numbers of readers and writers must be 0 to " + MOST_CLIENTS);
        }
        if (readers + writers == 0) {
            throw new IllegalArgumentException("there must be a reader or a writer");
        }
        if (seconds.isNegative() || seconds.isZero()) {
            throw new IllegalArgumentException("a measurement must last at least 1 second");
        }
        if (warmUp.isNegative()) {
            throw new IllegalArgumentException("the duration of the warm-up must not be negative");
        }
    }
}
