package org.craq.core.replica;

import java.util.OptionalLong;
import org.craq.core.chain.Seq;

/**
 * Whether a member may serve: it has a place in the chain, is complete there and holds a lease.
 *
 * <p>States: incomplete -> complete, once the prepared mark has reached a target; it then stays complete for as long as
 * it has its place.
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

    /**
     * Sets the prepared mark that must be reached before this member is complete. Has no effect on a complete member.
     */
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
