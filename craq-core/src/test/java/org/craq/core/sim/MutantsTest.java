package org.craq.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation is only useful if it finds faults: each flaw must be detected within a number of seeds. */
class MutantsTest {
    private static final int ENOUGH_SEEDS = 1000;

    @ParameterizedTest
    @EnumSource(Flaw.class)
    void theSimulationFindsEveryFlaw(Flaw flaw) {
        assertThat(LongStream.rangeClosed(1, ENOUGH_SEEDS).anyMatch(seed -> breaks(seed, flaw)))
                .as("some of the first %d seeds breaks with %s", ENOUGH_SEEDS, flaw)
                .isTrue();
    }

    private static boolean breaks(long seed, Flaw flaw) {
        try {
            new Simulation(seed, settings -> Provocation.of(settings, flaw)).run();
            return false;
        } catch (Violation found) {
            return found.getMessage().contains(Provocation.telltale(flaw));
        }
    }
}
