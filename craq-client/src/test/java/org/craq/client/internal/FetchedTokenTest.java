package org.craq.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.craq.client.AccessToken;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

class FetchedTokenTest {
    private static final Duration LIFE = Duration.ofHours(1);

    private final Deque<CraqException> failures = new ArrayDeque<>();
    private long millis = 1_700_000_000_000L;
    private int given;
    private String name = "CK1";
    private Duration life = LIFE;

    private final FetchedToken source = new FetchedToken(
            () -> new FetchedToken.Secret(name, "secret"),
            secret -> {
                if (!failures.isEmpty()) {
                    throw failures.poll();
                }
                given++;
                return new AccessToken(
                        secret.name() + "-" + given,
                        Optional.of(Instant.ofEpochMilli(millis).plus(life)),
                        Optional.empty());
            },
            new FetchedToken.Time() {
                @Override
                public long nanos() {
                    return millis * 1_000_000;
                }

                @Override
                public long millis() {
                    return millis;
                }
            },
            "");

    private String token() {
        return source.token().orElseThrow().text();
    }

    private void pass(Duration time) {
        millis += time.toMillis();
    }

    @Test
    void aTokenIsRenewedWhenAQuarterOfItsLifeIsLeft() {
        assertThat(source.current()).isEmpty();
        assertThat(token()).isEqualTo("CK1-1");
        pass(Duration.ofMinutes(44));
        assertThat(token()).isEqualTo("CK1-1");
        pass(Duration.ofMinutes(1));
        assertThat(token()).isEqualTo("CK1-2");
        assertThat(source.current().orElseThrow().text()).isEqualTo("CK1-2");
    }

    @Test
    void aRenewalThatFailsIsTriedAgainAfterAPauseAndTheOldTokenGoesOn() {
        token();
        pass(Duration.ofMinutes(50));
        failures.add(new CraqException(ErrorCode.MANAGER_UNAVAILABLE, "away"));
        failures.add(new CraqException(ErrorCode.MANAGER_UNAVAILABLE, "away"));
        assertThat(token()).isEqualTo("CK1-1");
        assertThat(token()).isEqualTo("CK1-1");
        assertThat(failures).hasSize(1);
        pass(Duration.ofMinutes(10));
        assertThatThrownBy(this::token).hasMessage("away");
        assertThat(token()).isEqualTo("CK1-2");
    }

    @Test
    void aTokenIsForTheSecretAsItIsNow() {
        token();
        name = "CK2";
        assertThat(token()).isEqualTo("CK2-2");
    }

    @Test
    void onlyTheTokenInUseIsGivenUp() {
        token();
        assertThat(source.replaces("another")).isTrue();
        assertThat(token()).isEqualTo("CK1-1");
        assertThat(source.replaces("CK1-1")).isTrue();
        assertThat(token()).isEqualTo("CK1-2");
    }

    @Test
    void aClockThatIsAheadDoesNotAskForEachCall() {
        life = Duration.ofHours(-2);
        token();
        assertThat(token()).isEqualTo("CK1-1");
        pass(FetchedToken.SHORTEST);
        assertThat(token()).isEqualTo("CK1-2");
    }

    @Test
    void aClusterWithoutUsersIsAskedOnceAMinute() {
        failures.add(new CraqException(ErrorCode.NOT_FOUND, "security is off"));
        assertThat(source.token()).isEmpty();
        assertThat(source.token()).isEmpty();
        pass(FetchedToken.OFF);
        assertThat(token()).isEqualTo("CK1-1");
    }
}
