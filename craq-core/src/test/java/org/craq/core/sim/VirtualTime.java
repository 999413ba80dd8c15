package org.craq.core.sim;

import java.util.PriorityQueue;

/**
 * Time that passes only from one event to the next. Events at the same moment run in the order in which they were
 * planned.
 */
final class VirtualTime {
    static final long MICRO = 1_000;
    static final long MILLI = 1_000 * MICRO;

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long planned;

    /** Returns nanoseconds since the beginning. */
    long now() {
        return now;
    }

    void after(long delay, Runnable action) {
        events.add(new Event(now + delay, planned++, action));
    }

    /** Runs the next event; returns false if there is none before the deadline. */
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
