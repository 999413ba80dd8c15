package org.craq.client;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How new an answer must be, and what it must not lie before. Immutable: start from one of the static methods.
 *
 * @param maxAge with {@code BOUNDED}: everything committed so long ago is seen; milliseconds, at most a day
 * @param maxLag with {@code BOUNDED}: no more versions of the file than this have been committed since
 * @param session an earlier answer's {@link Answered#session()} or a write's {@link Receipt#session()}: nothing older than
 *     that is answered, by whichever member
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

    /** Sees every write that was answered before the read began. */
    public static Freshness strong() {
        return of(Consistency.STRONG);
    }

    /** Any consistency but {@code BOUNDED}, which needs a bound. */
    public static Freshness of(Consistency consistency) {
        return new Freshness(consistency, Optional.empty(), OptionalLong.empty(), Optional.empty());
    }

    /** Sees everything that was committed so long ago. */
    public static Freshness within(Duration age) {
        return new Freshness(Consistency.BOUNDED, Optional.of(age), OptionalLong.empty(), Optional.empty());
    }

    /** Lags behind by so many versions of the file at most. */
    public static Freshness lagging(long versions) {
        return new Freshness(Consistency.BOUNDED, Optional.empty(), OptionalLong.of(versions), Optional.empty());
    }

    /** The same, and nothing older than what that answer has seen. */
    public Freshness notBefore(String token) {
        return new Freshness(consistency, maxAge, maxLag, Optional.of(token));
    }
}
