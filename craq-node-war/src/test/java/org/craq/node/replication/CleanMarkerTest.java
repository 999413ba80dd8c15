package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.threads.Threads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CleanMarkerTest {
    private static final int WRITES = 4;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final ExecutorService control = Executors.newCachedThreadPool();
    private final SlowMetadata metadata = new SlowMetadata();
    private final CleanMarker marker = new CleanMarker(
            new ReplicaLife(new NodeId("n1"), new ChainId("c1"), new Incarnation(UUID.randomUUID())),
            metadata,
            new Threads(control, control, control, control, control, timer, Executors.defaultThreadFactory()));

    @AfterEach
    void end() {
        timer.shutdownNow();
        control.shutdownNow();
    }

    /** Takes some time for each mark, and counts the calls. */
    private static final class SlowMetadata extends Metadata {
        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger mostAtOnce = new AtomicInteger();
        private final AtomicInteger writes = new AtomicInteger();
        private final AtomicLong last = new AtomicLong();

        @Override
        public void markClean(ReplicaLife life, Seq mark) {
            mostAtOnce.accumulateAndGet(now.incrementAndGet(), Math::max);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            last.set(mark.value());
            writes.incrementAndGet();
            now.decrementAndGet();
        }
    }

    @Test
    void writesOneMarkAtATimeHoweverFastItRisesAndTheLastOneInTheEnd() {
        long mark = 0;
        while (metadata.writes.get() < WRITES) {
            marker.committed(new Seq(++mark));
        }
        long end = mark;
        await().until(() -> metadata.last.get() == end);

        assertThat(metadata.mostAtOnce).hasValue(1);
    }
}
