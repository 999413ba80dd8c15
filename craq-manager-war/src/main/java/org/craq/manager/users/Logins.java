package org.craq.manager.users;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.craq.security.AccessKey;
import org.craq.security.Passwords;
import org.craq.security.UserRecords;
import org.craq.security.UserRecords.KeyRecord;
import org.craq.security.UserRecords.UserRecord;
import org.craq.server.limits.CallerLimits;
import org.craq.server.limits.Rates;
import org.craq.wire.CallerAddress;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Exchanges a password, or an access key with its secret, for a token. Each failure for one name from one address makes
 * the next attempt wait longer, and wrong passwords for whatever names are limited per address; nobody at another address
 * has to wait for either, so nobody can lock a user out. Passwords are verified one at a time, as each takes some 200 ms
 * of processor time.
 */
public final class Logins {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final int MOST_REMEMBERED = 10_000;
    /** Few, as each holds a thread that other requests need. */
    private static final int MOST_AT_ONCE = 3;
    /** Fewer, so that others find a place. */
    private static final int MOST_OF_ADDRESS = MOST_AT_ONCE - 1;
    /** How many passwords of one address may be wrong at once, and how often one more. */
    private static final int WRONG_AT_ONCE = 20;

    private static final Duration WRONG_INTERVAL = Duration.ofSeconds(5);
    /** Verified for users who do not exist or have no password, so that the time does not tell. */
    private static final String NO_PASSWORD =
            "pbkdf2-sha256:600000:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private final Supplier<UserRecords> users;
    private final TokenIssuer issuer;
    private final CallerLimits limits;
    private final LongSupplier nanoTime;
    private final Rates wrongPasswords;
    /** The addresses whose passwords are being verified, or wait for that. */
    private final List<String> verifyingFor = new ArrayList<>();

    private final Object verifying = new Object();
    /** The failures of each name and address, oldest first. */
    private final Map<String, Failures> failures = new LinkedHashMap<>();

    private record Failures(int count, long lastNanos) {
        Duration pause() {
            long millis = FIRST_PAUSE.toMillis() << Math.min(count - 1, 10);
            return Duration.ofMillis(Math.min(millis, LONGEST_PAUSE.toMillis()));
        }
    }

    /**
     * Creates it.
     *
     * @param nanoTime a monotonic clock
     */
    public Logins(Supplier<UserRecords> users, TokenIssuer issuer, CallerLimits limits, LongSupplier nanoTime) {
        this.users = users;
        this.issuer = issuer;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.wrongPasswords = new Rates(WRONG_AT_ONCE, WRONG_INTERVAL, nanoTime);
    }

    /** A token for a user. */
    public record Login(String user, TokenIssuer.Issued token) {}

    /**
     * Returns a token.
     *
     * @param name of a user or an access key
     * @param address of the caller
     * @throws CraqException UNAUTHENTICATED without saying whether the name exists; RATE_LIMITED if an attempt comes too
     *     soon after failed ones; OVERLOADED if too many wait; MANAGER_UNAVAILABLE
     */
    public Login login(String name, String secret, String address) {
        UserRecords records = users.get();
        String network = CallerAddress.of(address);
        String from = name + " " + network;
        requirePause(from);
        Login login = AccessKey.isId(name)
                ? limits.proved(address, name + ":" + secret, false, () -> ofKey(records, name, secret)
                        .orElseThrow(() -> failed(from)))
                : ofPassword(records, name, secret, network).orElseThrow(() -> {
                    wrongPasswords.count(network);
                    return failed(from);
                });
        synchronized (failures) {
            failures.remove(from);
        }
        return login;
    }

    private Optional<Login> ofKey(UserRecords records, String id, String secret) {
        KeyRecord record = records.keys().get(id);
        if (record == null
                || record.deleted()
                || !record.key().matches(secret)
                || record.key().expired(Users.now())) {
            return Optional.empty();
        }
        return Optional.ofNullable(records.users().get(record.key().user()))
                .filter(user -> user.user().enabled())
                .map(user -> new Login(user.user().name(), issuer.issue(user.user(), Optional.of(id))));
    }

    private Optional<Login> ofPassword(UserRecords records, String name, String password, String network) {
        Duration pause = wrongPasswords.pause(network);
        if (!pause.isZero()) {
            throw new CraqException(
                    ErrorCode.RATE_LIMITED,
                    "too many wrong passwords came from " + network + "; wait " + pause.toMillis()
                            + " ms before the next attempt",
                    pause);
        }
        Optional<UserRecord> user = Optional.ofNullable(records.users().get(name));
        boolean right = verify(password, user.flatMap(UserRecord::password).orElse(NO_PASSWORD), network);
        return user.filter(found ->
                        right && found.password().isPresent() && found.user().enabled())
                .map(found -> new Login(name, issuer.issue(found.user(), Optional.empty())));
    }

    private boolean verify(String password, String kept, String network) {
        synchronized (verifyingFor) {
            if (verifyingFor.size() >= MOST_AT_ONCE
                    || Collections.frequency(verifyingFor, network) >= MOST_OF_ADDRESS) {
                throw new CraqException(ErrorCode.OVERLOADED, "too many log in at the same time; repeat the request");
            }
            verifyingFor.add(network);
        }
        try {
            synchronized (verifying) {
                return Passwords.matches(password, kept);
            }
        } finally {
            synchronized (verifyingFor) {
                verifyingFor.remove(network);
            }
        }
    }

    private void requirePause(String from) {
        synchronized (failures) {
            Failures former = failures.get(from);
            if (former == null) {
                return;
            }
            Duration left = former.pause().minusNanos(nanoTime.getAsLong() - former.lastNanos());
            if (!left.isZero() && !left.isNegative()) {
                throw new CraqException(
                        ErrorCode.RATE_LIMITED,
                        "the last attempt failed; wait " + left.toMillis() + " ms before the next one",
                        left);
            }
        }
    }

    /** Counts a failure, and returns it. */
    private CraqException failed(String from) {
        long now = nanoTime.getAsLong();
        synchronized (failures) {
            Failures former = failures.remove(from);
            boolean first = former == null || now - former.lastNanos() > FORGOTTEN.toNanos();
            failures.put(from, new Failures(first ? 1 : former.count() + 1, now));
            if (failures.size() > MOST_REMEMBERED) {
                failures.remove(failures.keySet().iterator().next());
            }
        }
        return new CraqException(ErrorCode.UNAUTHENTICATED, "the name or the secret is wrong");
    }
}
