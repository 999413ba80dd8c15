package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.craq.core.replica.Given.epoch;
import static org.craq.core.replica.Given.seq;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.craq.core.chain.Seq;
import org.junit.jupiter.api.Test;

class EpochTableTest {
    @Test
    void knowsTheEpochOfEachEntry() {
        EpochTable table = table(List.of(1, 1, 3, 3, 4));
        assertThat(table.epochOf(seq(0))).isEqualTo(epoch(0));
        assertThat(table.epochOf(seq(2))).isEqualTo(epoch(1));
        assertThat(table.epochOf(seq(3))).isEqualTo(epoch(3));
        assertThat(table.epochOf(seq(5))).isEqualTo(epoch(4));
        assertThat(table.starts())
                .containsExactly(
                        new EpochTable.Start(epoch(1), seq(1)),
                        new EpochTable.Start(epoch(3), seq(3)),
                        new EpochTable.Start(epoch(4), seq(5)));
    }

    @Test
    void forgetsWhatIsTruncated() {
        EpochTable table = table(List.of(1, 1, 3, 3, 4));
        table.truncate(seq(2));
        assertThat(table.starts()).containsExactly(new EpochTable.Start(epoch(1), seq(1)));
        table.append(epoch(5), seq(3));
        assertThat(table.epochOf(seq(3))).isEqualTo(epoch(5));
    }

    @Test
    void refusesEpochsThatFall() {
        EpochTable table = table(List.of(2));
        assertThatIllegalArgumentException().isThrownBy(() -> table.append(epoch(1), seq(2)));
        assertThatIllegalArgumentException().isThrownBy(() -> table.append(epoch(3), seq(1)));
    }

    /**
     * Creates all logs that a few epochs can produce: in each epoch one of the logs so far is cut anywhere and
     * continued, as by a new head. Every two of them must diverge where their entries do.
     */
    @Test
    void findsWhereAnyTwoLogsPart() {
        List<List<Integer>> logs = logs(5, 4);
        assertThat(logs).hasSizeGreaterThan(100);
        for (List<Integer> mine : logs) {
            for (List<Integer> theirs : logs) {
                if (couldMeet(mine, theirs)) {
                    Seq common = EpochTable.common(table(mine), seq(mine.size()), table(theirs), seq(theirs.size()));
                    assertThat(common).as("%s and %s", mine, theirs).isEqualTo(seq(sharedPrefix(mine, theirs)));
                }
            }
        }
    }

    /** Returns all sequences of increasing epochs up to a length. */
    private static List<List<Integer>> logs(int epochs, int length) {
        List<List<Integer>> logs = new ArrayList<>(List.of(List.of()));
        for (int i = 0; i < logs.size(); i++) {
            List<Integer> log = logs.get(i);
            int from = log.isEmpty() ? 1 : log.get(log.size() - 1);
            for (int epoch = from; epoch <= epochs && log.size() < length; epoch++) {
                List<Integer> longer = new ArrayList<>(log);
                longer.add(epoch);
                logs.add(longer);
            }
        }
        return logs;
    }

    /**
     * Returns whether both logs can exist: the same epoch at the same seq implies the same log below, as an epoch has
     * one head with one log.
     */
    private static boolean couldMeet(List<Integer> mine, List<Integer> theirs) {
        Map<Integer, Integer> begun = new HashMap<>();
        starts(mine).forEach((epoch, start) -> begun.put(epoch, start));
        boolean sameStarts = starts(theirs).entrySet().stream()
                .allMatch(start -> start.getValue().equals(begun.getOrDefault(start.getKey(), start.getValue())));
        for (int i = 0; i < Math.min(mine.size(), theirs.size()); i++) {
            if (mine.get(i).equals(theirs.get(i)) && !mine.subList(0, i).equals(theirs.subList(0, i))) {
                return false;
            }
        }
        return sameStarts;
    }

    private static Map<Integer, Integer> starts(List<Integer> log) {
        Map<Integer, Integer> starts = new HashMap<>();
        for (int i = 0; i < log.size(); i++) {
            starts.putIfAbsent(log.get(i), i);
        }
        return starts;
    }

    private static int sharedPrefix(List<Integer> mine, List<Integer> theirs) {
        int shared = 0;
        while (shared < Math.min(mine.size(), theirs.size()) && mine.get(shared).equals(theirs.get(shared))) {
            shared++;
        }
        return shared;
    }

    private static EpochTable table(List<Integer> epochs) {
        EpochTable table = new EpochTable();
        for (int i = 0; i < epochs.size(); i++) {
            table.append(epoch(epochs.get(i)), seq(i + 1));
        }
        return table;
    }
}
