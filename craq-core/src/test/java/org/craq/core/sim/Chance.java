package org.craq.core.sim;

import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** The only source of randomness in a run. */
final class Chance {
    private final SplittableRandom random;

    Chance(long seed) {
        this.random = new SplittableRandom(seed);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    boolean percent(int p) {
        return random.nextInt(100) < p;
    }

    /** Returns a number in this range, both ends included. */
    int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    /** Returns a number in this range, both ends included. */
    long between(long low, long high) {
        return random.nextLong(low, high + 1);
    }

    /** Returns a delay in this range, mostly near the low end and occasionally far above it. */
    long delay(long low, long high) {
        long reach = oneIn(20) ? high : low + (high - low) / 10;
        return between(low, reach);
    }

    <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    long number() {
        return random.nextLong();
    }

    UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
