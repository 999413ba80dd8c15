package org.craq.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How fresh an answer must be, and which state it must include. Immutable: start from one of the static methods.
 *
 * @param maxAge with {@code BOUNDED}: the answer reflects everything that was committed this long ago or earlier; at
 *     most a day, in whole milliseconds
 * @param maxLag with {@code BOUNDED}: the answer lacks at most this many committed versions of the file
 * @param session the {@link Answered#session()} of an earlier answer or the {@link Receipt#session()} of a write: the
 *     answer reflects at least that state, whichever member gives it
 */
public record Freshness(
        Consistency consistency, Optional<Duration> maxAge, OptionalLong maxLag, Optional<String> session) {
    public Freshness {
        Objects.requireNonNull(maxAge);
        Objects.requireNonNull(maxLag);
        Objects.requireNonNull(session);
        boolean bounds = maxAge.isPresent() || maxLag.isPresent();
        if (bounds != (consistency == Consistency.BOUNDED)) {
            throw new IllegalArgumentException(
                    bounds
                            ? "an age or a lag belongs to consistency BOUNDED, not " + consistency
                            : "consistency BOUNDED needs an age or a lag");
        }
        if (maxAge.filter(Duration::isNegative).isPresent() || maxLag.orElse(0) < 0) {
            throw new IllegalArgumentException("an age or a lag is not negative");
        }
    }

    /** Reflects every write that was answered before the read began. */
    public static Freshness strong() {
        return of(Consistency.STRONG);
    }

    /**
     * Accepts any consistency but {@code BOUNDED}, which needs a bound.
     *
     * @throws IllegalArgumentException for {@code BOUNDED}
     */
    public static Freshness of(Consistency consistency) {
        return new Freshness(consistency, Optional.empty(), OptionalLong.empty(), Optional.empty());
    }

    /**
     * Reflects everything that was committed this long ago or earlier. A read with more than a day fails with {@code INVALID_ARGUMENT}.
     *
     * @throws IllegalArgumentException when the age is negative
     */
    public static Freshness within(Duration age) {
        return new Freshness(Consistency.BOUNDED, Optional.of(age), OptionalLong.empty(), Optional.empty());
    }

    /**
     * Lacks at most this many committed versions of the file.
     *
     * @throws IllegalArgumentException when the number is negative
     */
    public static Freshness lagging(long versions) {
        return new Freshness(Consistency.BOUNDED, Optional.empty(), OptionalLong.of(versions), Optional.empty());
    }

    /**
     * Returns a copy that also requires the answer to reflect at least the state of an earlier answer or write.
     *
     * @param token {@link Answered#session()} or {@link Receipt#session()}; a read with anything else fails with {@code INVALID_ARGUMENT}
     */
    public Freshness notBefore(String token) {
        return new Freshness(consistency, maxAge, maxLag, Optional.of(token));
    }
}
