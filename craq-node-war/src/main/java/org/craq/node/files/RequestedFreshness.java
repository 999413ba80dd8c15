package org.craq.node.files;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.SessionToken;

/** How fresh a caller wants an answer to be. An invalid request throws IllegalArgumentException that states the violated rule. */
public record RequestedFreshness(Freshness freshness, Optional<SessionToken> session) {
    private static final long LONGEST_AGE_MILLIS = TimeUnit.DAYS.toMillis(1);
    private static final Pattern AGE = Pattern.compile("([0-9]{1,9})(ms|s|)");
    private static final Pattern LAG = Pattern.compile("[0-9]{1,9}");

    public static RequestedFreshness of(org.craq.wire.v1.Freshness wire) {
        OptionalLong age = wire.hasMaxAgeMillis() ? OptionalLong.of(wire.getMaxAgeMillis()) : OptionalLong.empty();
        OptionalLong lag = wire.hasMaxLag() ? OptionalLong.of(wire.getMaxLag()) : OptionalLong.empty();
        return new RequestedFreshness(freshness(wire.getConsistency().name(), age, lag), session(wire.getSession()));
    }

    /** Parses the query parameters of a REST request; an absent one is passed as an empty text. */
    public static RequestedFreshness of(String consistency, String maxAge, String maxLag, String session) {
        String level = consistency.isEmpty() ? "STRONG" : consistency.toUpperCase(Locale.ROOT);
        return new RequestedFreshness(freshness(level, age(maxAge), lag(maxLag)), session(session));
    }

    private static Freshness freshness(String level, OptionalLong ageMillis, OptionalLong lag) {
        if (!level.equals("BOUNDED") && (ageMillis.isPresent() || lag.isPresent())) {
            throw new IllegalArgumentException("max-age and max-lag belong to consistency bounded only");
        }
        return switch (level) {
            case "STRONG" -> new Freshness.Strong();
            case "BOUNDED" -> bounded(ageMillis, lag);
            case "EVENTUAL" -> new Freshness.Eventual();
            case "UNCOMMITTED" -> new Freshness.Uncommitted();
            default ->
                throw new IllegalArgumentException("consistency is strong, bounded, eventual or uncommitted; it is '"
                        + level.toLowerCase(Locale.ROOT) + "'");
        };
    }

    private static Freshness bounded(OptionalLong ageMillis, OptionalLong lag) {
        if (ageMillis.isEmpty() && lag.isEmpty()) {
            throw new IllegalArgumentException(
                    "consistency bounded needs max-age (time) or max-lag (versions), for example max-age=500ms");
        }
        if (ageMillis.orElse(0) < 0 || ageMillis.orElse(0) > LONGEST_AGE_MILLIS) {
            throw new IllegalArgumentException("max-age must be between 0 and a day; it is " + ageMillis.getAsLong()
                    + " ms. For older answers use consistency eventual");
        }
        if (lag.orElse(0) < 0) {
            throw new IllegalArgumentException("max-lag must not be negative; it is " + lag.getAsLong());
        }
        OptionalLong nanos = ageMillis.isPresent()
                ? OptionalLong.of(TimeUnit.MILLISECONDS.toNanos(ageMillis.getAsLong()))
                : OptionalLong.empty();
        return new Freshness.Bounded(nanos, lag);
    }

    private static OptionalLong age(String text) {
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        Matcher matcher = AGE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "max-age is a time such as 500ms or 2s; without a unit, milliseconds. It is '" + text + "'");
        }
        long number = Long.parseLong(matcher.group(1));
        return OptionalLong.of(matcher.group(2).equals("s") ? TimeUnit.SECONDS.toMillis(number) : number);
    }

    private static OptionalLong lag(String text) {
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!LAG.matcher(text).matches()) {
            throw new IllegalArgumentException("max-lag is a number of versions; it is '" + text + "'");
        }
        return OptionalLong.of(Long.parseLong(text));
    }

    public static Optional<SessionToken> session(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(SessionToken.parse(text));
    }
}
