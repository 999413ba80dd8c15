package org.craq.core.replica;

import java.util.OptionalLong;

/**
 * A member's lease, in nanoseconds of the driver's clock, which may wrap around.
 *
 * <p>States: none -> held (prolonged by later grants, never shortened) -> given up, which is final.
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

    /** For good: a grant that is still on its way is not taken any more. */
    void giveUp() {
        held = false;
        givenUp = true;
    }

    boolean holds(long now) {
        return held && until - now > 0;
    }

    /** Empty when there is none; it may have run out. */
    OptionalLong until() {
        return held ? OptionalLong.of(until) : OptionalLong.empty();
    }
}
