package org.craq.core.membership;

import java.util.OptionalLong;

/**
 * Ties a node's lease to the rights of users that it knows: each lease comes with the version that the rights have at
 * the manager, and counts only once the node has these rights. So a change of rights that was answered more than one
 * lease ago is known to every node that holds a lease. Not thread-safe.
 *
 * <p>States of a lease: granted -> (waiting for rights) -> usable -> over. Times are in nanoseconds of the driver's
 * clock, which may wrap around.
 */
public final class RightsLease {
    private long known;
    private long awaited;
    private OptionalLong waiting = OptionalLong.empty();
    private OptionalLong usableUntil = OptionalLong.empty();

    /**
     * Creates it for a node that has just started.
     *
     * @param known version of the rights that the node has, from its disk; 0 if it has none
     */
    public RightsLease(long known) {
        this.known = known;
    }

    /**
     * A lease was granted.
     *
     * @param version of the rights that it requires
     * @param untilNanos when it ends
     * @return when the lease ends if it may be used at once; empty if the rights must be fetched first
     */
    public OptionalLong granted(long version, long untilNanos) {
        if (version <= known) {
            return usable(untilNanos);
        }
        awaited = version;
        waiting = OptionalLong.of(untilNanos);
        return OptionalLong.empty();
    }

    /**
     * The node has taken rights into use. Older ones than it has are ignored.
     *
     * @return when the lease ends that was waiting for these rights; empty if none was
     */
    public OptionalLong fetched(long version) {
        known = Math.max(known, version);
        if (waiting.isEmpty() || awaited > known) {
            return OptionalLong.empty();
        }
        long until = waiting.getAsLong();
        waiting = OptionalLong.empty();
        return usable(until);
    }

    private OptionalLong usable(long untilNanos) {
        if (usableUntil.isEmpty() || untilNanos - usableUntil.getAsLong() > 0) {
            usableUntil = OptionalLong.of(untilNanos);
        }
        return OptionalLong.of(untilNanos);
    }

    /** Returns whether a request may begin by the rights that the node knows: it holds a lease that requires no newer ones. */
    public boolean current(long nowNanos) {
        return usableUntil.isPresent() && usableUntil.getAsLong() - nowNanos > 0;
    }

    /** Returns the version of the rights that the node knows. */
    public long known() {
        return known;
    }
}
