package org.craq.core.sim;

import java.util.HashMap;
import java.util.Map;
import org.craq.core.chain.Incarnation;

/** An omniscient observer's record of leases: how long the last lease that any manager granted can run. */
final class LeaseBook {
    private static final long LONGEST = Administration.LEASE.plusMillis(20).toNanos();

    private final VirtualTime time;
    private final Map<Incarnation, Long> until = new HashMap<>();

    LeaseBook(VirtualTime time) {
        this.time = time;
    }

    void granted(Incarnation incarnation) {
        until.put(incarnation, time.now() + LONGEST);
    }

    void givenUp(Incarnation incarnation) {
        until.remove(incarnation);
    }

    /** Returns false once the lease that this incarnation may hold has certainly ended. */
    boolean mayAct(Incarnation incarnation) {
        return until.getOrDefault(incarnation, 0L) > time.now();
    }
}
