package org.craq.server.limits;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.craq.security.Digests;
import org.craq.wire.CallerAddress;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Limits how much of this server one caller may use. Thread-safe. */
public final class CallerLimits {
    private static final long NANOS_OF_SECOND = Duration.ofSeconds(1).toNanos();
    /** An address may show this many seconds' worth of wrong credentials at once. */
    private static final int FAILURES_AT_ONCE = 10;

    private static final int MOST_REMEMBERED = 10_000;

    private final LimitSettings settings;
    private final Optional<Rates> users;
    private final Optional<Rates> failures;
    /** Digests of credentials that were right when they were shown last, in the order of that. */
    private final Set<ByteBuffer> right = new LinkedHashSet<>();

    private final LongAdder limitedUsers = new LongAdder();
    private final LongAdder limitedAddresses = new LongAdder();

    /**
     * Creates the limits of a server.
     *
     * @param nanoTime a monotonic clock
     */
    public CallerLimits(LimitSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.users = rates(settings.userRate(), settings.userBurst(), nanoTime);
        this.failures = rates(settings.failureRate(), FAILURES_AT_ONCE * settings.failureRate(), nanoTime);
    }

    private static Optional<Rates> rates(int perSecond, int atOnce, LongSupplier nanoTime) {
        return perSecond == 0
                ? Optional.empty()
                : Optional.of(new Rates(atOnce, Duration.ofNanos(NANOS_OF_SECOND / perSecond), nanoTime));
    }

    /** Registers the metrics. */
    public void register(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("craq_limited")
                .help(
                        "Requests that were refused because of a limit for one user, or for wrong credentials of an address.")
                .labelNames("limit")
                .callback(series -> {
                    series.call((double) limitedUsers.sum(), "user");
                    series.call((double) limitedAddresses.sum(), "address");
                })
                .register(registry);
    }

    /**
     * A user makes a request.
     *
     * @throws CraqException RATE_LIMITED if it makes too many
     */
    public void request(String user) {
        Duration pause = users.map(rates -> rates.take(user)).orElse(Duration.ZERO);
        if (!pause.isZero()) {
            limitedUsers.increment();
            throw new CraqException(
                    ErrorCode.RATE_LIMITED,
                    "user " + user + " makes more than " + settings.userRate() + " requests per second at this server",
                    pause);
        }
    }

    /**
     * Returns who has shown credentials, and counts wrong ones by the address that they come from. Once there were too
     * many, costly proofs are not even begun, except of credentials that were right before: so a flood costs little, and
     * does not keep out those who already work from the same address.
     *
     * @param costly whether the proof costs more than the answer
     * @throws CraqException UNAUTHENTICATED from the proof; RATE_LIMITED in its place after too many
     */
    public <T> T proved(String address, String credentials, boolean costly, Supplier<T> proof) {
        if (failures.isEmpty()) {
            return proof.get();
        }
        String from = CallerAddress.of(address);
        Duration pause = failures.get().pause(from);
        if (costly && !pause.isZero() && !wereRight(credentials)) {
            throw tooMany(from, pause);
        }
        try {
            T caller = proof.get();
            if (costly) {
                remember(credentials);
            }
            return caller;
        } catch (CraqException e) {
            if (e.code() == ErrorCode.UNAUTHENTICATED) {
                forget(credentials);
                Duration wait = failures.get().take(from);
                if (!wait.isZero()) {
                    throw tooMany(from, wait);
                }
            }
            throw e;
        }
    }

    private CraqException tooMany(String from, Duration pause) {
        limitedAddresses.increment();
        return new CraqException(
                ErrorCode.RATE_LIMITED, "too many wrong credentials came from " + from + "; correct them", pause);
    }

    private static ByteBuffer digest(String credentials) {
        return ByteBuffer.wrap(Digests.sha256(credentials));
    }

    private boolean wereRight(String credentials) {
        ByteBuffer digest = digest(credentials);
        synchronized (right) {
            return right.contains(digest);
        }
    }

    private void remember(String credentials) {
        ByteBuffer digest = digest(credentials);
        synchronized (right) {
            right.remove(digest);
            right.add(digest);
            if (right.size() > MOST_REMEMBERED) {
                right.remove(right.iterator().next());
            }
        }
    }

    private void forget(String credentials) {
        ByteBuffer digest = digest(credentials);
        synchronized (right) {
            right.remove(digest);
        }
    }
}
