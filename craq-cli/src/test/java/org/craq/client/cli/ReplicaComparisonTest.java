package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReplicaComparisonTest {
    private static final int MANY = 2 * ReplicaComparison.PAGE + 500;

    private final Holders holders = new Holders();

    @Test
    void equalMembersHaveNoDifference() {
        holders.all("a", "1");
        holders.all("b", "2");
        assertThat(run().differences()).isEmpty();
        assertThat(run().files()).isEqualTo(2);
    }

    @Test
    void aFileThatOneMemberLacksOrHoldsDifferentlyIsNamed() {
        holders.all("a", "1");
        holders.all("b", "2");
        holders.of("n2").remove("a");
        holders.of("n3").put("b", "other");
        assertThat(run().differences())
                .containsExactly(
                        new ReplicaComparison.Difference("a", holdings("1", "", "1")),
                        new ReplicaComparison.Difference("b", holdings("2", "2", "other")));
    }

    @Test
    void manyFilesWhichOnlyOneMemberHoldsAreAllNamed() {
        for (int i = 0; i < MANY; i++) {
            holders.all(String.format("file %05d", i), "x");
        }
        for (int i = 300; i < 1700; i++) {
            holders.of("n1").remove(String.format("file %05d", i));
        }
        assertThat(run().differences()).hasSize(1400);
    }

    @Test
    void whatIsEqualAtANewerMarkDoesNotCount() {
        holders.all("a", "1");
        holders.of("n2").put("a", "0");
        holders.later = () -> holders.all("a", "2");
        assertThat(run().differences()).isEmpty();
    }

    private ReplicaComparison.Result run() {
        return new ReplicaComparison(holders).run();
    }

    private static Map<String, String> holdings(String n1, String n2, String n3) {
        Map<String, String> holdings = new LinkedHashMap<>();
        holdings.put("n1", n1);
        holdings.put("n2", n2);
        holdings.put("n3", n3);
        return holdings;
    }

    /** Three members in memory. */
    private static final class Holders implements ReplicaComparison.Members {
        private final Map<String, TreeMap<String, String>> files = new LinkedHashMap<>();
        private Runnable later = () -> {};
        private int marks;

        Holders() {
            List.of("n1", "n2", "n3").forEach(member -> files.put(member, new TreeMap<>()));
        }

        NavigableMap<String, String> of(String member) {
            return files.get(member);
        }

        void all(String name, String holding) {
            files.values().forEach(member -> member.put(name, holding));
        }

        @Override
        public List<String> ids() {
            return List.copyOf(files.keySet());
        }

        @Override
        public long commonMark() {
            if (++marks > 1) {
                later.run();
            }
            return marks;
        }

        @Override
        public ReplicaComparison.Page page(String member, long mark, String after, boolean rows) {
            List<ReplicaComparison.Held> page = of(member).tailMap(after, false).entrySet().stream()
                    .limit(ReplicaComparison.PAGE)
                    .map(file -> new ReplicaComparison.Held(file.getKey(), file.getValue()))
                    .toList();
            return new ReplicaComparison.Page(
                    page.size(),
                    page.isEmpty() ? "" : page.get(page.size() - 1).name(),
                    page.toString(),
                    rows ? page : List.of());
        }

        @Override
        public String holding(String member, long mark, String name) {
            return of(member).getOrDefault(name, "");
        }
    }
}
