package org.craq.core.replica;

import java.util.OptionalLong;

/**
 * A member's lease, in nanoseconds of the driver's clock, which may wrap around.
 *
 * <p>States: none -> held (extended by later grants, never shortened) -> released, which is final.
 */
final class Lease {
    private long until;
    private boolean held;
    private boolean givenUp;

    void grant(long untilNanos) {
        if (!givenUp && (!held || untilNanos - until > 0)) {
            held = true;
            until = untilNanos;
        }
    }

    /** Releases the lease permanently; grants that arrive later are ignored. */
    void giveUp() {
        held = false;
        givenUp = true;
    }

    boolean holds(long now) {
        return held && until - now > 0;
    }

    /** Returns when the lease ends; empty if there is none. It may already have expired. */
    OptionalLong until() {
        return held ? OptionalLong.of(until) : OptionalLong.empty();
    }
}
