package org.craq.manager.users;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.craq.security.AccessKey;
import org.craq.security.Passwords;
import org.craq.security.UserRecords;
import org.craq.security.UserRecords.KeyRecord;
import org.craq.security.UserRecords.UserRecord;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Exchanges a password, or an access key with its secret, for a token. Each failure for one name from one address makes
 * the next attempt wait longer; nobody else has to wait for it, so nobody can lock a user out. Passwords are verified
 * one at a time, as each takes some 200 ms of processor time.
 */
public final class Logins {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final int MOST_REMEMBERED = 10_000;
    /** Few, as each holds a thread that other requests need. */
    private static final int MOST_AT_ONCE = 3;
    /** Verified for users who do not exist or have no password, so that the time does not tell. */
    private static final String NO_PASSWORD =
            "pbkdf2-sha256:600000:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private final Users users;
    private final TokenIssuer issuer;
    private final LongSupplier nanoTime;
    private final Semaphore waiting = new Semaphore(MOST_AT_ONCE);
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
    public Logins(Users users, TokenIssuer issuer, LongSupplier nanoTime) {
        this.users = users;
        this.issuer = issuer;
        this.nanoTime = nanoTime;
    }

    /** A token for a user. */
    public record Login(String user, TokenIssuer.Issued token) {}

    /**
     * Returns a token.
     *
     * @param name of a user or an access key
     * @param address of the caller
     * @throws CraqException UNAUTHENTICATED without saying whether the name exists; OVERLOADED if an attempt comes too
     *     soon after a failed one, or too many wait; MANAGER_UNAVAILABLE
     */
    public Login login(String name, String secret, String address) {
        UserRecords records = users.records();
        String from = name + " " + address;
        requirePause(from);
        Optional<Login> login = AccessKey.isId(name) ? ofKey(records, name, secret) : ofPassword(records, name, secret);
        if (login.isEmpty()) {
            failed(from);
            throw new CraqException(ErrorCode.UNAUTHENTICATED, "the name or the secret is wrong");
        }
        synchronized (failures) {
            failures.remove(from);
        }
        return login.get();
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

    private Optional<Login> ofPassword(UserRecords records, String name, String password) {
        Optional<UserRecord> user = Optional.ofNullable(records.users().get(name));
        boolean right = verify(password, user.flatMap(UserRecord::password).orElse(NO_PASSWORD));
        return user.filter(found ->
                        right && found.password().isPresent() && found.user().enabled())
                .map(found -> new Login(name, issuer.issue(found.user(), Optional.empty())));
    }

    private boolean verify(String password, String kept) {
        if (!waiting.tryAcquire()) {
            throw new CraqException(ErrorCode.OVERLOADED, "too many log in at the same time; repeat the request");
        }
        try {
            synchronized (verifying) {
                return Passwords.matches(password, kept);
            }
        } finally {
            waiting.release();
        }
    }

    private void requirePause(String from) {
        synchronized (failures) {
            Failures former = failures.get(from);
            if (former != null
                    && nanoTime.getAsLong() - former.lastNanos()
                            < former.pause().toNanos()) {
                throw new CraqException(
                        ErrorCode.OVERLOADED,
                        "the last attempt failed; wait " + former.pause().toMillis() + " ms before the next one");
            }
        }
    }

    private void failed(String from) {
        synchronized (failures) {
            Failures former = failures.remove(from);
            failures.put(from, new Failures(former == null ? 1 : former.count() + 1, nanoTime.getAsLong()));
            if (failures.size() > MOST_REMEMBERED) {
                failures.remove(failures.keySet().iterator().next());
            }
        }
    }
}
