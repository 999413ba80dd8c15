package org.craq.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Remembers whom the managers have named for reads, so that not every small read costs a question. Each answer serves a number of
 * reads within a second. Several answers are kept and used in turn, so that reads stay spread as the managers spread
 * them. Whether a member may serve it knows by itself; one that fails is forgotten. Thread-safe.
 */
final class ReadRoutes {
    /** What chains of 2, 3, 4 and 6 members can share evenly: where links are the limit the busiest one decides. */
    static final int ANSWERS = 12;

    static final int READS = 1024;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final AtomicReferenceArray<Route> routes = new AtomicReferenceArray<>(ANSWERS);
    private final AtomicInteger turn = new AtomicInteger();

    /** One answer, and how many reads it may still serve. */
    private record Route(Peer peer, long until, AtomicInteger left) {}

    ReadRoutes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Whom to ask for the next read.
     *
     * @param question asks a manager
     */
    Peer next(Supplier<Peer> question) {
        int slot = Math.floorMod(turn.getAndIncrement(), ANSWERS);
        Route known = routes.get(slot);
        if (known != null && known.until - nanoTime.getAsLong() > 0 && known.left.getAndDecrement() > 0) {
            return known.peer;
        }
        // Counted from before the question: the answer may have waited.
        long until = nanoTime.getAsLong() + NANOS;
        Peer named = question.get();
        routes.set(slot, new Route(named, until, new AtomicInteger(READS - 1)));
        return named;
    }

    /** This member has failed: the managers know better by now, or will soon. */
    void forget(String nodeId) {
        for (int slot = 0; slot < ANSWERS; slot++) {
            Route known = routes.get(slot);
            if (known != null && known.peer.nodeId().equals(nodeId)) {
                routes.compareAndSet(slot, known, null);
            }
        }
    }
}
