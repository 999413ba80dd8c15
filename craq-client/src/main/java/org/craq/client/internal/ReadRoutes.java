package org.craq.client.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Caches the members that the managers have named for reads, so that a small read needs no call to a manager. Each
 * answer serves a limited number of reads for one second. Several answers are kept, and the members in them are used in
 * turn, equally often: where the links are the bottleneck, the busiest one decides. A member knows by itself whether it
 * may serve; one that fails is forgotten. Thread-safe.
 */
final class ReadRoutes {
    /** Enough to name every member of a typical chain if the managers spread reads. */
    static final int ANSWERS = 12;

    static final int READS = 1024;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final AtomicReferenceArray<Route> routes = new AtomicReferenceArray<>(ANSWERS);
    private final AtomicInteger turn = new AtomicInteger();
    /** The newest answer for each member named. */
    private volatile List<Route> members = List.of();

    /** One answer, with the number of reads that it may still serve. */
    private record Route(Peer peer, long until, AtomicInteger left) {
        boolean holds(long now) {
            return until - now > 0;
        }
    }

    ReadRoutes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the member to ask for the next read.
     *
     * @param question asks a manager
     */
    Peer next(Supplier<Peer> question) {
        int read = turn.getAndIncrement();
        int slot = Math.floorMod(read, ANSWERS);
        long now = nanoTime.getAsLong();
        Route known = routes.get(slot);
        if (known == null || !known.holds(now) || known.left.getAndDecrement() <= 0) {
            // Count from before the call, as the answer may have been delayed.
            Peer named = question.get();
            routes.set(slot, new Route(named, now + NANOS, new AtomicInteger(READS - 1)));
            lookWhoIsNamed();
            return named;
        }
        List<Route> all = members;
        // The list is empty for a moment, until the thread that got the first answer has updated it.
        Route chosen = all.isEmpty() ? known : all.get(Math.floorMod(read, all.size()));
        return chosen.holds(now) ? chosen.peer : known.peer;
    }

    /** Forgets a member that has failed: the managers know better by now, or will soon. */
    void forget(String nodeId) {
        for (int slot = 0; slot < ANSWERS; slot++) {
            Route known = routes.get(slot);
            if (known != null && known.peer.nodeId().equals(nodeId)) {
                routes.compareAndSet(slot, known, null);
            }
        }
        lookWhoIsNamed();
    }

    /** Updates the list of members. Called after each change of the answers, so the last call sees all of them. */
    private synchronized void lookWhoIsNamed() {
        Map<String, Route> newest = new LinkedHashMap<>();
        for (int slot = 0; slot < ANSWERS; slot++) {
            Route known = routes.get(slot);
            if (known != null) {
                newest.merge(known.peer.nodeId(), known, (a, b) -> a.until - b.until > 0 ? a : b);
            }
        }
        members = List.copyOf(newest.values());
    }
}
