package org.craq.cluster.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private final Timeline timeline = new Timeline();

    private void happened(long... times) {
        for (long time : times) {
            timeline.add(time);
        }
    }

    @Test
    void theLongestGapLiesBetweenTwoSuccessesInWhateverOrderTheyWereTold() {
        happened(130, 110, 180, 120, 190);
        assertThat(timeline.longestGap(100, 200)).isEqualTo(Duration.ofNanos(50));
    }

    @Test
    void timeBeforeTheFirstAndAfterTheLastSuccessCountsAsFarAsItLiesInside() {
        happened(50, 160, 170, 400);
        assertThat(timeline.longestGap(100, 200)).isEqualTo(Duration.ofNanos(60));
        assertThat(timeline.longestGap(165, 300)).isEqualTo(Duration.ofNanos(130));
    }

    @Test
    void withoutSuccessTheGapIsTheWholeTime() {
        assertThat(timeline.longestGap(100, 200)).isEqualTo(Duration.ofNanos(100));
    }

    @Test
    void theRateCountsWhatLiesInside() {
        long second = 1_000_000_000L;
        happened(second - 1, second, 2 * second, 3 * second);
        assertThat(timeline.rate(second, 3 * second)).isEqualTo(1.0);
    }

    @Test
    void theMedianIsTheMiddleValue() {
        assertThat(FaultFigures.median(new double[] {9, 1, 5})).isEqualTo(5);
        assertThat(FaultFigures.median(new double[] {9, 1, 5, 7})).isEqualTo(6);
    }
}
