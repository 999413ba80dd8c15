package org.craq.core.sim;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes only from one event to the next. Events of the same moment happen in the order they were planned. */
final class VirtualTime {
    static final long MICRO = 1_000;
    static final long MILLI = 1_000 * MICRO;

    private record Event(long at, long order, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long now;
    private long planned;

    /** Nanoseconds since the beginning. */
    long now() {
        return now;
    }

    void after(long delay, Runnable action) {
        events.add(new Event(now + delay, planned++, action));
    }

    /** Lets the next event happen; false when there is none before the deadline. */
    boolean step(long deadline) {
        if (events.isEmpty() || events.peek().at() > deadline) {
            return false;
        }
        Event next = events.remove();
        now = next.at();
        next.action().run();
        return true;
    }
}
