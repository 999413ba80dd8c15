package org.craq.server.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RatesTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Rates rates = new Rates(3, Duration.ofSeconds(1), now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private int takenOf(String key) {
        int taken = 0;
        while (rates.take(key).isZero()) {
            taken++;
        }
        return taken;
    }

    @Test
    void aNumberIsAllowedAtOnceAndThenOneInEachInterval() {
        assertThat(takenOf("a")).isEqualTo(3);
        assertThat(rates.take("a")).isEqualTo(Duration.ofSeconds(1));
        pass(Duration.ofMillis(400));
        assertThat(rates.take("a")).isEqualTo(Duration.ofMillis(600));
        pass(Duration.ofMillis(600));
        assertThat(takenOf("a")).isEqualTo(1);
        pass(Duration.ofSeconds(2));
        assertThat(takenOf("a")).isEqualTo(2);
        pass(Duration.ofHours(1));
        assertThat(takenOf("a")).isEqualTo(3);
    }

    @Test
    void eachKeyHasItsOwn() {
        assertThat(takenOf("a")).isEqualTo(3);
        assertThat(takenOf("b")).isEqualTo(3);
    }

    @Test
    void whatIsRefusedIsNotCounted() {
        takenOf("a");
        for (int i = 0; i < 100; i++) {
            rates.take("a");
        }
        pass(Duration.ofSeconds(1));
        assertThat(takenOf("a")).isEqualTo(1);
    }

    @Test
    void whatIsCountedAnyhowMakesTheNextWaitLonger() {
        for (int i = 0; i < 5; i++) {
            rates.count("a");
        }
        assertThat(rates.pause("a")).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void theKeysAreBoundedAndTheOneUsedLeastRecentlyGivesWay() {
        takenOf("first");
        takenOf("second");
        rates.count("first");
        for (int i = 0; i < Rates.MOST - 2; i++) {
            rates.count("other " + i);
        }
        assertThat(rates.pause("first")).isPositive();
        assertThat(rates.pause("second")).isPositive();
        rates.count("one more");
        assertThat(rates.pause("second")).isZero();
        assertThat(rates.pause("first")).isPositive();
    }
}
