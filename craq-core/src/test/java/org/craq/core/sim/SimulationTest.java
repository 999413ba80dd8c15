package org.craq.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Refusal;
import org.craq.core.replica.WriteOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs many seeds. {@code -Dcraq.sim.seed=N} replays one seed, {@code -Dcraq.sim.seeds=N} runs that many new seeds;
 * without either, the seeds are the same each time.
 */
class SimulationTest {
    private static final int USUAL_SEEDS = 2000;
    private static final int SEEDS_THAT_COVER_ALL = 250;

    @Test
    void everyHistoryIsLinearizableWhateverGoesWrong() {
        Optional<Long> one = Optional.ofNullable(Long.getLong("craq.sim.seed"));
        if (one.isPresent()) {
            new Simulation(one.get(), UnaryOperator.identity()).run();
            return;
        }
        Integer many = Integer.getInteger("craq.sim.seeds");
        long base = many == null ? 1 : System.nanoTime();
        int count = many == null ? USUAL_SEEDS : many;
        System.out.println("Simulation: " + count + " seeds from " + base);
        Seeds seeds = new Seeds(base, count);
        long operations = seeds.run();
        System.out.println("Simulation: " + operations + " writes and reads were correct");
        assertThat(operations).isPositive();
        if (many == null) {
            everythingThatCanHappenIsIn(seeds.happenedInTheFirst(SEEDS_THAT_COVER_ALL));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void aCalmChainOfAnyLengthAnswersEverything(int length) {
        for (long seed = 0; seed < 20; seed++) {
            History history = new Simulation(seed, drawn -> Settings.calm(length, 5, 3)).run();
            assertThat(history.puts()).isNotEmpty();
            assertThat(history.looks()).isNotEmpty();
        }
    }

    private static void everythingThatCanHappenIsIn(Set<String> seen) {
        assertThat(seen).contains(kindsOf(Effect.class)).contains(kindsOf(WriteOutcome.class));
        assertThat(seen).contains("AskedAnew", "GivenUp", "Undone", "RebirthPutOff");
        assertThat(seen).contains("STRONG", "BOUNDED", "EVENTUAL", "UNCOMMITTED");
        assertThat(seen)
                .contains(Arrays.stream(Refusal.values())
                        .map(Enum::name)
                        .filter(SimulationTest::mayHappen)
                        .toArray(String[]::new));
    }

    /**
     * Clients here are never fenced and never bring a foreign session, and no run is long enough to overload a member.
     */
    private static boolean mayHappen(String refusal) {
        return !Set.of("FENCED", "OVERLOADED", "SESSION_UNKNOWN").contains(refusal);
    }

    private static String[] kindsOf(Class<?> sealed) {
        // Correct members never find each other at fault; that would be a violation.
        return Arrays.stream(sealed.getPermittedSubclasses())
                .filter(kind -> kind != Effect.NeighbourAtFault.class)
                .map(Class::getSimpleName)
                .toArray(String[]::new);
    }
}
