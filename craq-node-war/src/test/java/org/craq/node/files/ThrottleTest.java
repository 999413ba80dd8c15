package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private final Deque<Runnable> threads = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final Throttle throttle = new Throttle(threads::add, 2, 2);

    private void give(String... tasks) {
        for (String task : tasks) {
            throttle.execute(() -> done.add(task));
        }
    }

    @Test
    void takesNoMoreThreadsThanItMayAndForgetsNobody() {
        give("a", "b", "c", "d");
        assertThat(threads).hasSize(2);
        threads.poll().run();
        assertThat(threads).as("a's thread is free for c").hasSize(2);
        while (!threads.isEmpty()) {
            threads.poll().run();
        }
        assertThat(done).containsExactly("a", "b", "c", "d");
        give("e", "f");
        assertThat(threads).hasSize(2);
    }

    @Test
    void whoeverFindsTooManyWaitingIsTold() {
        give("a", "b", "c", "d");
        assertThatThrownBy(() -> give("e")).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.OVERLOADED));
    }

    @Test
    void aTaskThatFailsMakesRoomAsWell() {
        throttle.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        give("b", "c");
        assertThatThrownBy(() -> threads.poll().run()).hasMessage("on purpose");
        while (!threads.isEmpty()) {
            threads.poll().run();
        }
        assertThat(done).containsExactly("b", "c");
    }
}
