package org.craq.node.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.kotlinx.lincheck.LinChecker;
import org.jetbrains.kotlinx.lincheck.annotations.Operation;
import org.jetbrains.kotlinx.lincheck.annotations.Param;
import org.jetbrains.kotlinx.lincheck.annotations.Validate;
import org.jetbrains.kotlinx.lincheck.paramgen.ThreadIdGen;
import org.jetbrains.kotlinx.lincheck.strategy.stress.StressOptions;
import org.junit.jupiter.api.Test;

/** Threads add items concurrently: none is lost, duplicated or reordered, and the handler never runs twice at once. */
public class BatcherLincheckTest {
    private record Item(int thread, int number) {}

    private final AtomicInteger added = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    // Not thread-safe, so that a handler that runs twice at once loses something.
    private final List<Item> handled = new ArrayList<>();
    private final Batcher<Item> batcher = new Batcher<>(Runnable::run, 2, this::handle);

    private void handle(List<Item> batch) {
        if (working.getAndIncrement() > 0) {
            overlaps.incrementAndGet();
        }
        handled.addAll(batch);
        working.decrementAndGet();
    }

    @Operation
    public void add(@Param(gen = ThreadIdGen.class) int thread) {
        batcher.add(new Item(thread, added.getAndIncrement()));
    }

    @Operation
    public void handOver(@Param(gen = ThreadIdGen.class) int thread) {
        batcher.handOver(new Item(thread, added.getAndIncrement()));
    }

    @Validate
    public void allWereHandledInTheirOrder() {
        if (overlaps.get() > 0 || handled.size() != added.get() || batcher.size() != 0) {
            throw new AssertionError(added + " added, " + overlaps + " overlaps, handled: " + handled);
        }
        for (int i = 0; i < handled.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (handled.get(i).thread() == handled.get(j).thread()
                        && handled.get(i).number() <= handled.get(j).number()) {
                    throw new AssertionError("overtaken: " + handled);
                }
            }
        }
    }

    @Test
    void nothingIsLostOrOvertaken() {
        LinChecker.check(
                BatcherLincheckTest.class,
                new StressOptions()
                        .iterations(5)
                        .invocationsPerIteration(2_000)
                        .threads(3)
                        .actorsPerThread(4));
    }
}
