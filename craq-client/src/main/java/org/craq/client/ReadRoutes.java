package org.craq.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Remembers whom the managers have named for reads, so that not every small read costs a question. Each answer serves a number of
 * reads within a second. Several answers are kept, and the members that they name are used in turn, each as often as the
 * others: where links are the limit the busiest one decides. Whether a member may serve it knows by itself; one that fails
 * is forgotten. Thread-safe.
 */
final class ReadRoutes {
    /** As many as name every member of a usual chain, where managers spread reads. */
    static final int ANSWERS = 12;

    static final int READS = 1024;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final AtomicReferenceArray<Route> routes = new AtomicReferenceArray<>(ANSWERS);
    private final AtomicInteger turn = new AtomicInteger();
    /** The newest answer for each member that is named. */
    private volatile List<Route> members = List.of();

    /** One answer, and how many reads it may still serve. */
    private record Route(Peer peer, long until, AtomicInteger left) {
        boolean holds(long now) {
            return until - now > 0;
        }
    }

    ReadRoutes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Whom to ask for the next read.
     *
     * @param question asks a manager
     */
    Peer next(Supplier<Peer> question) {
        int read = turn.getAndIncrement();
        int slot = Math.floorMod(read, ANSWERS);
        long now = nanoTime.getAsLong();
        Route known = routes.get(slot);
        if (known == null || !known.holds(now) || known.left.getAndDecrement() <= 0) {
            // Counted from before the question: the answer may have waited.
            Peer named = question.get();
            routes.set(slot, new Route(named, now + NANOS, new AtomicInteger(READS - 1)));
            lookWhoIsNamed();
            return named;
        }
        List<Route> all = members;
        // Empty for a moment, while whoever brought the first answer has not looked yet.
        Route chosen = all.isEmpty() ? known : all.get(Math.floorMod(read, all.size()));
        return chosen.holds(now) ? chosen.peer : known.peer;
    }

    /** This member has failed: the managers know better by now, or will soon. */
    void forget(String nodeId) {
        for (int slot = 0; slot < ANSWERS; slot++) {
            Route known = routes.get(slot);
            if (known != null && known.peer.nodeId().equals(nodeId)) {
                routes.compareAndSet(slot, known, null);
            }
        }
        lookWhoIsNamed();
    }

    /** Follows each change of the answers; the last one to do so sees all of them. */
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
