package org.craq.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.craq.server.Settings;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

class CallerLimitsTest {
    private final AtomicLong now = new AtomicLong();

    private CallerLimits limits(Map<String, String> settings) {
        return new CallerLimits(LimitSettings.read(new Settings(settings::get)), now::get);
    }

    private static void refused(Duration pause, org.assertj.core.api.ThrowableAssert.ThrowingCallable request) {
        assertThatThrownBy(request).isInstanceOfSatisfying(CraqException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(e.retryAfter()).contains(pause);
        });
    }

    @Test
    void usersAreNotLimitedUnlessItIsSaid() {
        CallerLimits limits = limits(Map.of());
        assertThatCode(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        limits.request("anna");
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aUserWhoMakesTooManyRequestsIsToldHowLongToWait() {
        CallerLimits limits = limits(Map.of(LimitSettings.USER_RATE, "100"));
        for (int i = 0; i < 200; i++) {
            limits.request("anna");
        }
        refused(Duration.ofMillis(10), () -> limits.request("anna"));
        limits.request("ben");
        now.addAndGet(Duration.ofMillis(10).toNanos());
        limits.request("anna");
        refused(Duration.ofMillis(10), () -> limits.request("anna"));
    }

    @Test
    void theBurstCanBeSet() {
        CallerLimits limits = limits(Map.of(LimitSettings.USER_RATE, "100", LimitSettings.USER_BURST, "1"));
        limits.request("anna");
        refused(Duration.ofMillis(10), () -> limits.request("anna"));
    }

    private static String wrong() {
        throw new CraqException(ErrorCode.UNAUTHENTICATED, "wrong");
    }

    private static void unauthenticated(org.assertj.core.api.ThrowableAssert.ThrowingCallable request) {
        assertThatThrownBy(request).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    /** Uses up what an address may show at once. */
    private void exhaust(CallerLimits limits, String address) {
        for (int i = 0; i < 100; i++) {
            String shown = "wrong " + i;
            unauthenticated(() -> limits.proved(address, shown, true, CallerLimitsTest::wrong));
        }
    }

    @Test
    void afterTooManyWrongCredentialsOfAnAddressNoCostlyProofIsBegun() {
        CallerLimits limits = limits(Map.of());
        exhaust(limits, "10.0.0.1");
        for (int i = 0; i < 1000; i++) {
            refused(
                    Duration.ofMillis(100),
                    () -> limits.proved("10.0.0.1", "another", true, () -> fail("this costs too much")));
        }
        now.addAndGet(Duration.ofMillis(100).toNanos());
        unauthenticated(() -> limits.proved("10.0.0.1", "another", true, CallerLimitsTest::wrong));
        refused(Duration.ofMillis(100), () -> limits.proved("10.0.0.1", "another", true, CallerLimitsTest::wrong));
        assertThat(limits.<String>proved("10.0.0.2", "right", true, () -> "anna"))
                .isEqualTo("anna");
    }

    @Test
    void cheapProofsAreAlwaysMadeAndFailWithTheWait() {
        CallerLimits limits = limits(Map.of());
        exhaust(limits, "10.0.0.1");
        assertThat(limits.<String>proved("10.0.0.1", "key", false, () -> "anna"))
                .isEqualTo("anna");
        refused(Duration.ofMillis(100), () -> limits.proved("10.0.0.1", "key", false, CallerLimitsTest::wrong));
    }

    @Test
    void whoWasRightBeforeIsNotKeptOutByOthersAtTheSameAddress() {
        CallerLimits limits = limits(Map.of());
        limits.proved("10.0.0.1", "token", true, () -> "anna");
        exhaust(limits, "10.0.0.1");
        assertThat(limits.<String>proved("10.0.0.1", "token", true, () -> "anna"))
                .isEqualTo("anna");
        refused(Duration.ofMillis(100), () -> limits.proved("10.0.0.1", "token", true, CallerLimitsTest::wrong));
        refused(Duration.ofMillis(100), () -> limits.proved("10.0.0.1", "token", true, () -> fail("was revoked")));
    }

    @Test
    void onlyWrongCredentialsCount() {
        CallerLimits limits = limits(Map.of());
        for (int i = 0; i < 1000; i++) {
            assertThatThrownBy(() -> limits.proved("10.0.0.1", "token", true, () -> {
                        throw new CraqException(ErrorCode.PERMISSION_DENIED, "no");
                    }))
                    .isInstanceOfSatisfying(
                            CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        }
    }

    @Test
    void aNetworkOfIpv6CountsAsOneAddress() {
        CallerLimits limits = limits(Map.of());
        for (int i = 0; i < 100; i++) {
            String address = "2001:db8::" + i;
            unauthenticated(() -> limits.proved(address, "x", true, CallerLimitsTest::wrong));
        }
        refused(Duration.ofMillis(100), () -> limits.proved("2001:db8::ffff", "x", true, CallerLimitsTest::wrong));
    }

    @Test
    void wrongCredentialsAreNotLimitedIfItIsSaid() {
        CallerLimits limits = limits(Map.of(LimitSettings.FAILURE_RATE, "0"));
        for (int i = 0; i < 1000; i++) {
            unauthenticated(() -> limits.proved("10.0.0.1", "x", true, CallerLimitsTest::wrong));
        }
    }

    @Test
    void aSettingThatCanNotBeUsedIsNamed() {
        assertThatThrownBy(() -> limits(Map.of(LimitSettings.USER_RATE, "-1")))
                .hasMessageContaining(LimitSettings.USER_RATE);
        assertThatThrownBy(() -> limits(Map.of(LimitSettings.USER_BURST, "0")))
                .hasMessageContaining(LimitSettings.USER_BURST);
    }
}
