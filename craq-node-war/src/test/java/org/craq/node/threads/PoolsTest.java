package org.craq.node.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Pool threads run in the deployment's context, or without it when there is none any more. */
class PoolsTest {
    private static final int TASKS = 200;

    private static void run(Pools pools) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(TASKS);
        for (int i = 0; i < TASKS; i++) {
            pools.threads().control().execute(done::countDown);
        }
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void eachThreadEntersTheContextOnce() throws InterruptedException {
        AtomicInteger entered = new AtomicInteger();
        AtomicInteger left = new AtomicInteger();
        try (Pools pools = new Pools(Executors.defaultThreadFactory(), work -> {
            entered.incrementAndGet();
            work.run();
            left.incrementAndGet();
        })) {
            run(pools);
            assertThat(entered.get()).isBetween(1, TASKS / 2);
            assertThat(left.get()).isZero();
        }
        // A pool reports its end a moment before its threads have ended.
        await().untilAsserted(() -> assertThat(left.get()).isEqualTo(entered.get()));
    }

    @Test
    void withoutAContextTheWorkIsDoneAllTheSame() throws InterruptedException {
        try (Pools pools = new Pools(Executors.defaultThreadFactory(), work -> {
            throw new RejectedExecutionException("deliberate");
        })) {
            run(pools);
        }
    }

    @Test
    void aTaskThatFailsTakesNoThreadFromThePool() throws InterruptedException {
        try (Pools pools = new Pools(Executors.defaultThreadFactory(), Runnable::run)) {
            for (int i = 0; i < 2 * TASKS; i++) {
                pools.threads().control().execute(() -> {
                    throw new IllegalStateException("deliberate");
                });
            }
            run(pools);
        }
    }
}
