package org.craq.core.replica;

import java.util.Objects;
import java.util.OptionalLong;

/** How new the answer to a read must be. */
public sealed interface Freshness {
    /** Linearizable. */
    record Strong() implements Freshness {}

    /**
     * No staler than stated, in time, in versions of the file, or both. If this cannot be guaranteed without asking the
     * tail, the read is treated as {@link Strong}.
     *
     * @param maxAgeNanos the answer includes every version committed at least this long ago; needs no lease
     * @param maxLag the answer misses at most this many newer committed versions; for a listing, entries
     */
    record Bounded(OptionalLong maxAgeNanos, OptionalLong maxLag) implements Freshness {
        public Bounded {
            Objects.requireNonNull(maxAgeNanos);
            Objects.requireNonNull(maxLag);
            if (maxAgeNanos.isEmpty() && maxLag.isEmpty()) {
                throw new IllegalArgumentException(
                        "a bounded read states how old the answer may be, or how many versions it may lag behind");
            }
            if (maxAgeNanos.orElse(0) < 0 || maxLag.orElse(0) < 0) {
                throw new IllegalArgumentException("the bounds of a bounded read are not negative");
            }
        }
    }

    /** The newest version known here to be committed; needs no lease. */
    record Eventual() implements Freshness {}

    /** The newest version durable here, committed or not; it may vanish again. */
    record Uncommitted() implements Freshness {}
}
