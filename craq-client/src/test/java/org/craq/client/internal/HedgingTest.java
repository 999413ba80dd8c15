package org.craq.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a second member is asked. */
class HedgingTest {
    @Test
    void theDelayIsThatOfAllButAFewOfTheLastAnswers() {
        Hedging hedging = new Hedging();
        for (int i = 1; i < Hedging.ENOUGH; i++) {
            hedging.answered(Duration.ofMillis(5).toNanos());
            assertThat(hedging.delay()).isEmpty();
        }
        hedging.answered(Duration.ofMillis(500).toNanos());
        assertThat(hedging.delay()).contains(Duration.ofMillis(5));
        for (int i = 1; i <= 1000; i++) {
            hedging.answered(Duration.ofMillis(i).toNanos());
        }
        assertThat(hedging.delay().orElseThrow()).isBetween(Duration.ofMillis(990), Duration.ofMillis(998));
        for (int i = 0; i < Hedging.REMEMBERED; i++) {
            hedging.answered(10);
        }
        assertThat(hedging.delay()).contains(Duration.ofMillis(1));
    }

    @Test
    void noMoreThanAShareIsAskedForTwice() {
        Hedging hedging = new Hedging();
        int twice = 0;
        for (int i = 0; i < 10_000; i++) {
            hedging.answered(1);
            twice += hedging.take() ? 1 : 0;
        }
        assertThat(twice).isBetween(499, 502);
    }
}
