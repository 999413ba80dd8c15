package org.craq.server.limits;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Limits how much of this server one caller may use. Thread-safe. */
public final class CallerLimits {
    private static final long NANOS_OF_SECOND = Duration.ofSeconds(1).toNanos();

    private final LimitSettings settings;
    private final Optional<Rates> users;

    /**
     * Creates the limits of a server.
     *
     * @param nanoTime a monotonic clock
     */
    public CallerLimits(LimitSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.users = settings.userRate() == 0
                ? Optional.empty()
                : Optional.of(new Rates(settings.userBurst(), perSecond(settings.userRate()), nanoTime));
    }

    private static Duration perSecond(int rate) {
        return Duration.ofNanos(NANOS_OF_SECOND / rate);
    }

    /**
     * A user makes a request.
     *
     * @throws CraqException RATE_LIMITED if it makes too many
     */
    public void request(String user) {
        Duration pause = users.map(rates -> rates.take(user)).orElse(Duration.ZERO);
        if (!pause.isZero()) {
            throw new CraqException(
                    ErrorCode.RATE_LIMITED,
                    "user " + user + " makes more than " + settings.userRate() + " requests per second at this server",
                    pause);
        }
    }
}
