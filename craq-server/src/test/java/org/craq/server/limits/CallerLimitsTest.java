package org.craq.server.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    @Test
    void aSettingThatCanNotBeUsedIsNamed() {
        assertThatThrownBy(() -> limits(Map.of(LimitSettings.USER_RATE, "-1")))
                .hasMessageContaining(LimitSettings.USER_RATE);
        assertThatThrownBy(() -> limits(Map.of(LimitSettings.USER_BURST, "0")))
                .hasMessageContaining(LimitSettings.USER_BURST);
    }
}
