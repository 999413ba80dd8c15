package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private final Deque<Runnable> executor = new ArrayDeque<>();
    private final List<List<Integer>> batches = new ArrayList<>();

    @Test
    void whatArrivesWhileABatchIsWorkedOnIsTheNextOne() {
        Batcher<Integer> batcher = new Batcher<>(executor::add, 10, batches::add);
        batcher.add(1);
        batcher.add(2);
        executor.remove().run();
        batcher.add(3);
        executor.remove().run();
        assertThat(batches).containsExactly(List.of(1, 2), List.of(3));
        assertThat(executor).isEmpty();
    }

    @Test
    void aBatchIsBounded() {
        Batcher<Integer> batcher = new Batcher<>(executor::add, 2, batches::add);
        for (int i = 1; i <= 5; i++) {
            batcher.add(i);
        }
        while (!executor.isEmpty()) {
            executor.remove().run();
        }
        assertThat(batches).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
        assertThat(batcher.size()).isZero();
    }

    @Test
    void neverRunsTwiceAtOnce() {
        Batcher<Integer> batcher = new Batcher<>(executor::add, 10, batches::add);
        batcher.add(1);
        batcher.add(2);
        batcher.add(3);
        assertThat(executor).hasSize(1);
    }

    @Test
    void goesOnAfterAHandlerFailed() {
        Batcher<Integer> batcher = new Batcher<>(executor::add, 1, batch -> {
            if (batch.contains(1)) {
                throw new IllegalStateException("deliberate");
            }
            batches.add(batch);
        });
        batcher.add(1);
        batcher.add(2);
        while (!executor.isEmpty()) {
            executor.remove().run();
        }
        assertThat(batches).containsExactly(List.of(2));
    }

    @Test
    void whatIsHandedOverIsHandledAtOnceUnlessOthersAreBeforeIt() {
        Batcher<Integer> batcher = new Batcher<>(executor::add, 10, batches::add);
        batcher.handOver(1);
        assertThat(batches).containsExactly(List.of(1));
        assertThat(executor).isEmpty();
        batcher.add(2);
        batcher.handOver(3);
        assertThat(batches).hasSize(1);
        executor.remove().run();
        batcher.handOver(4);
        assertThat(batches).containsExactly(List.of(1), List.of(2, 3), List.of(4));
        assertThat(executor).isEmpty();
    }

    @Test
    void whatAHandlerHandsOverIsTheNextBatch() {
        Deque<Batcher<Integer>> self = new ArrayDeque<>();
        Batcher<Integer> batcher = new Batcher<>(executor::add, 10, batch -> {
            batches.add(batch);
            if (batch.contains(1)) {
                self.element().handOver(2);
                assertThat(batches).hasSize(1);
            }
        });
        self.add(batcher);
        batcher.handOver(1);
        executor.remove().run();
        assertThat(batches).containsExactly(List.of(1), List.of(2));
        assertThat(batcher.size()).isZero();
    }
}
