package org.craq.client.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.craq.client.AccessToken;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * A token that the managers give for a password or an access key. It is kept, and renewed when a quarter of its life is
 * left; if that fails, it stays in use while it is valid. One thread at a time asks for a new token, and those that can't
 * do without it wait for the same answer.
 */
final class FetchedToken implements TokenSource {
    private static final Logger LOG = System.getLogger(FetchedToken.class.getName());
    /** The pause before a renewal that has failed is tried again, while the token is still valid. */
    static final Duration PAUSE = Duration.ofSeconds(10);
    /** How long it is remembered that the cluster asks for no tokens. */
    static final Duration OFF = Duration.ofMinutes(1);
    /** A token counts as valid for this long at least: the clocks of the client and the manager may differ. */
    static final Duration SHORTEST = Duration.ofSeconds(10);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final Supplier<Secret> secret;
    private final Exchange exchange;
    private final Time time;
    private final String advice;
    private final AtomicReference<Held> held = new AtomicReference<>(Held.NOTHING);
    private final AtomicReference<CompletableFuture<Held>> fetching = new AtomicReference<>();
    private volatile long failedAt;
    private volatile boolean failed;

    /** A user's name or a key's id, and what proves it. */
    record Secret(String name, String proof) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Asks the managers. */
    interface Exchange {
        /**
         * Returns a token.
         *
         * @throws CraqException UNAUTHENTICATED if the secret is wrong, NOT_FOUND if the cluster asks for no tokens
         */
        AccessToken token(Secret secret);
    }

    /** The clocks of the client: a monotonic one in nanoseconds, and the time of day in milliseconds since 1970. */
    interface Time {
        long nanos();

        long millis();

        /** Returns the clocks of this machine. */
        static Time ofMachine() {
            return new Time() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public long millis() {
                    return System.currentTimeMillis();
                }
            };
        }
    }

    /** What was answered for a secret, and how long that holds. */
    private record Held(Optional<Secret> secret, Optional<AccessToken> token, long since, long life) {
        private static final Held NOTHING = new Held(Optional.empty(), Optional.empty(), 0, 0);

        boolean isFor(Secret wanted, long now) {
            return secret.filter(wanted::equals).isPresent() && now - since < life;
        }

        boolean isDue(long now) {
            return now - since >= life - life / 4;
        }

        boolean has(String text) {
            return token.filter(own -> own.text().equals(text)).isPresent();
        }
    }

    /** @param secret returns it as it is now */
    FetchedToken(Supplier<Secret> secret, Exchange exchange, Time time, String advice) {
        this.secret = secret;
        this.exchange = exchange;
        this.time = time;
        this.advice = advice;
    }

    @Override
    public Optional<AccessToken> token() {
        Secret wanted = secret.get();
        Held known = held.get();
        long now = time.nanos();
        if (!known.isFor(wanted, now)) {
            return fetch(wanted, known).token();
        }
        boolean paused = failed && now - failedAt < PAUSE.toNanos();
        if (!known.isDue(now) || paused || fetching.get() != null) {
            return known.token();
        }
        try {
            return fetch(wanted, known).token();
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "the token could not be renewed, and stays in use", e);
            return known.token();
        }
    }

    @Override
    public Optional<AccessToken> current() {
        return held.get().token();
    }

    @Override
    public boolean replaces(String refused) {
        Held known = held.get();
        if (known.has(refused)) {
            held.compareAndSet(known, Held.NOTHING);
        }
        return true;
    }

    @Override
    public String advice() {
        return advice;
    }

    private Held fetch(Secret wanted, Held stale) {
        CompletableFuture<Held> own = new CompletableFuture<>();
        CompletableFuture<Held> other = fetching.compareAndExchange(null, own);
        if (other != null) {
            return outcome(other);
        }
        try {
            Held newest = held.get();
            // Another thread may have replaced what this one has found to be stale.
            boolean replaced = !newest.equals(stale) && newest.isFor(wanted, time.nanos());
            Held next = replaced ? newest : ask(wanted);
            held.set(next);
            failed = false;
            own.complete(next);
            return next;
        } catch (RuntimeException e) {
            failedAt = time.nanos();
            failed = true;
            own.completeExceptionally(e);
            throw e;
        } finally {
            fetching.set(null);
            // No effect unless an error has ended this thread's attempt.
            own.cancel(false);
        }
    }

    private Held ask(Secret wanted) {
        long asked = time.nanos();
        try {
            AccessToken token = exchange.token(wanted);
            long life = token.expires()
                    .map(end -> TimeUnit.MILLISECONDS.toNanos(end.toEpochMilli() - time.millis()))
                    .orElse(0L);
            return new Held(Optional.of(wanted), Optional.of(token), asked, Math.max(life, SHORTEST.toNanos()));
        } catch (CraqException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                LOG.log(Level.DEBUG, "no token is needed", e);
                return new Held(Optional.of(wanted), Optional.empty(), asked, OFF.toNanos());
            }
            throw e;
        }
    }

    private static Held outcome(CompletableFuture<Held> other) {
        try {
            return other.get(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CraqException known) {
                throw new CraqException(known.code(), known.getMessage(), known);
            }
            throw new IllegalStateException("a token could not be got", e.getCause());
        } catch (TimeoutException | java.util.concurrent.CancellationException e) {
            throw new CraqException(ErrorCode.MANAGER_UNAVAILABLE, "no manager gave a token in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while waiting for a token", e);
        }
    }
}
