package org.craq.node.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Database lookups that fail. */
class RetriedReadsTest {
    private final Deque<RuntimeException> failures = new ArrayDeque<>();

    private String look() {
        if (!failures.isEmpty()) {
            throw failures.removeFirst();
        }
        return "answer";
    }

    private static RuntimeException failure(String state) {
        return new IllegalStateException("outer", new RuntimeException(new SQLException("reason", state)));
    }

    @Test
    void aLookThatCouldNotBePutInOrderIsRepeated() {
        failures.addAll(List.of(failure("40001"), failure("40P01")));

        assertThat(RetriedReads.repeated(this::look)).isEqualTo("answer");
    }

    @Test
    void aLookWhoseConnectionBrokeIsRepeated() {
        failures.addAll(List.of(failure("57P01"), failure("08006")));

        assertThat(RetriedReads.repeated(this::look)).isEqualTo("answer");
    }

    @Test
    void whatFailsEachTimeFailsInTheEnd() {
        RuntimeException last = failure("40001");
        failures.addAll(List.of(failure("40001"), failure("40001"), failure("40001"), last));

        assertThatThrownBy(() -> RetriedReads.repeated(this::look)).isSameAs(last);
    }

    @Test
    void otherFailuresAreNotRepeated() {
        for (String state : new String[] {"42P01", null, "53300"}) {
            RuntimeException failure = failure(state);
            failures.clear();
            failures.addAll(List.of(failure, failure("40001")));

            assertThatThrownBy(() -> RetriedReads.repeated(this::look)).isSameAs(failure);
            assertThat(failures).hasSize(1);
        }
    }
}
