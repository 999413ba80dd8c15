package org.craq.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BenchClientsTest {
    @Test
    void allClientsWorkAtOnceAndEachAtLeastOnce() throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(3);
        try (BenchClients crew = new BenchClients(3)) {
            BenchClients.Tally tally = crew.workFor(0, client -> meet(together));
            assertThat(tally.operations()).isEqualTo(3);
            assertThat(tally.errors()).isZero();
        }
    }

    private static void meet(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Test
    void operationsThatFailAreCountedAndHaveNoLatency() throws InterruptedException {
        AtomicInteger left = new AtomicInteger(4);
        try (BenchClients crew = new BenchClients(1)) {
            BenchClients.Tally tally = crew.workWhile(() -> left.get() > 0, client -> {
                if (left.getAndDecrement() % 2 == 0) {
                    throw new IOException("number " + left.get());
                }
            });
            assertThat(tally.operations()).isEqualTo(2);
            assertThat(tally.errors()).isEqualTo(2);
            assertThat(tally.firstError()).contains("number 3");
        }
    }

    @Test
    void aClientThatOnlyFailsGivesUp() throws InterruptedException {
        try (BenchClients crew = new BenchClients(2)) {
            BenchClients.Tally tally = crew.workWhile(() -> true, client -> {
                throw new IOException("always");
            });
            assertThat(tally.errors()).isEqualTo(10);
            assertThat(tally.operations()).isZero();
        }
    }
}
