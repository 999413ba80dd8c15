package org.craq.manager.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.craq.security.AccessKey;
import org.craq.security.Grants;
import org.craq.security.Passwords;
import org.craq.security.User;
import org.craq.security.UserRecords;
import org.craq.security.UserRecords.KeyRecord;
import org.craq.security.UserRecords.UserRecord;
import org.craq.server.limits.CallerLimits;
import org.craq.server.limits.LimitSettings;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoginsTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PASSWORD = "correct horse battery";
    private static final AccessKey.Created KEY = AccessKey.create("anna", Optional.empty(), Optional.empty(), RANDOM);
    /** Of a key, as passwords take long to verify. */
    private static final String ID = KEY.key().id();

    private static final UserRecords RECORDS = new UserRecords(
            1,
            Map.of("anna", user("anna", Optional.of(Passwords.hash(PASSWORD, RANDOM)))),
            Map.of(ID, new KeyRecord(KEY.key(), false, Instant.EPOCH)),
            Map.of(),
            Map.of(),
            Map.of());

    private final AtomicLong now = new AtomicLong();
    private final TokenIssuer issuer = new TokenIssuer("blue");
    private final CallerLimits limits = new CallerLimits(new LimitSettings(0, 1, 2), now::get);
    private final Logins logins = new Logins(() -> RECORDS, issuer, limits, now::get);

    private static UserRecord user(String name, Optional<String> password) {
        return new UserRecord(new User(name, true, Instant.EPOCH, Grants.of(List.of())), password, Instant.EPOCH);
    }

    @BeforeEach
    void sign() {
        issuer.newSigner(Instant.now());
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static void wrong(ThrowingCallable login) {
        assertThatThrownBy(login).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    private static void tooEarly(Duration pause, ThrowingCallable login) {
        assertThatThrownBy(login).isInstanceOfSatisfying(CraqException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(e.retryAfter()).contains(pause);
        });
    }

    @Test
    void aPasswordOrAKeyGetsAToken() {
        assertThat(logins.login("anna", PASSWORD, "10.0.0.1").user()).isEqualTo("anna");
        assertThat(logins.login(ID, KEY.secret(), "10.0.0.1").user()).isEqualTo("anna");
    }

    @Test
    void eachFailureDoublesTheWaitUpToAMinute() {
        for (long millis : new long[] {500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000}) {
            wrong(() -> logins.login(ID, "wrong", "10.0.0.1"));
            pass(Duration.ofMillis(millis - 1));
            tooEarly(Duration.ofMillis(1), () -> logins.login(ID, KEY.secret(), "10.0.0.1"));
            pass(Duration.ofMillis(1));
        }
        assertThat(logins.login(ID, KEY.secret(), "10.0.0.1").user()).isEqualTo("anna");
        wrong(() -> logins.login(ID, "wrong", "10.0.0.1"));
        tooEarly(Duration.ofMillis(500), () -> logins.login(ID, KEY.secret(), "10.0.0.1"));
    }

    @Test
    void failuresOfLongAgoAreForgotten() {
        wrong(() -> logins.login(ID, "wrong", "10.0.0.1"));
        pass(Duration.ofSeconds(1));
        wrong(() -> logins.login(ID, "wrong", "10.0.0.1"));
        pass(Duration.ofHours(2));
        wrong(() -> logins.login(ID, "wrong", "10.0.0.1"));
        tooEarly(Duration.ofMillis(500), () -> logins.login(ID, KEY.secret(), "10.0.0.1"));
    }

    @Test
    void nobodyLocksOutAUserAtAnotherAddress() {
        for (int i = 0; i < 20; i++) {
            wrong(() -> logins.login(ID, "wrong", "2001:db8::1"));
            pass(Duration.ofMinutes(1));
        }
        wrong(() -> logins.login(ID, "wrong", "2001:db8::1"));
        tooEarly(Duration.ofMinutes(1), () -> logins.login(ID, KEY.secret(), "2001:db8::2"));
        assertThat(logins.login(ID, KEY.secret(), "10.0.0.2").user()).isEqualTo("anna");
        assertThat(logins.login("anna", PASSWORD, "2001:db8::1").user())
                .as("another name")
                .isEqualTo("anna");
    }

    @Test
    void passwordsForManyNamesAreLimitedPerAddress() {
        for (int i = 0; i < 20; i++) {
            String name = "user" + i;
            wrong(() -> logins.login(name, "wrong", "10.0.0.1"));
        }
        tooEarly(Duration.ofSeconds(5), () -> logins.login("anna", PASSWORD, "10.0.0.1"));
        assertThat(logins.login("anna", PASSWORD, "10.0.0.2").user()).isEqualTo("anna");
        pass(Duration.ofSeconds(5));
        assertThat(logins.login("anna", PASSWORD, "10.0.0.1").user()).isEqualTo("anna");
    }

    @Test
    void wrongKeysCountAsWrongCredentialsOfTheAddress() {
        for (int i = 0; i < 20; i++) {
            String id = AccessKey.create("x", Optional.empty(), Optional.empty(), RANDOM)
                    .key()
                    .id();
            wrong(() -> logins.login(id, "wrong", "10.0.0.1"));
        }
        String another = AccessKey.create("x", Optional.empty(), Optional.empty(), RANDOM)
                .key()
                .id();
        tooEarly(Duration.ofMillis(500), () -> logins.login(another, "wrong", "10.0.0.1"));
        assertThat(logins.login(ID, KEY.secret(), "10.0.0.1").user())
                .as("costs nothing to verify")
                .isEqualTo("anna");
    }
}
