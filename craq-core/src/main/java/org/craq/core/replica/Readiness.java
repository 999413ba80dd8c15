package org.craq.core.replica;

import java.util.OptionalLong;
import org.craq.core.chain.Seq;

/**
 * Whether a member may serve: it has a place in the chain, is complete there and holds a lease.
 *
 * <p>Incomplete -> complete, once the prepared mark has reached a target; that lasts as long as the place.
 */
final class Readiness {
    private final Place place;
    private final Lease lease;
    private boolean complete;
    private Seq target;

    Readiness(Place place, Lease lease, Seq target) {
        this.place = place;
        this.lease = lease;
        this.target = target;
    }

    /** Sets the prepared mark that must be reached before this member is complete; nothing to one that is. */
    void aim(Seq target) {
        this.target = target;
    }

    void reached(Seq prepared) {
        if (!target.isAfter(prepared)) {
            complete = true;
        }
    }

    boolean isComplete() {
        return complete && place.isHeld();
    }

    boolean serves(long now) {
        return isComplete() && lease.holds(now);
    }

    OptionalLong servesUntil() {
        return isComplete() ? lease.until() : OptionalLong.empty();
    }
}
