package org.craq.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StalledStreamsTest {
    private final AtomicBoolean permitsAwaited = new AtomicBoolean();
    private final StalledStreams stalled = new StalledStreams(permitsAwaited::get);

    /** A stream that last made progress some seconds ago, and may hold a permit. */
    private static final class Stream implements StalledStreams.Watched {
        private final long lastProgress;
        private final boolean holdsPermit;
        private Optional<String> ended = Optional.empty();

        Stream(long secondsAgo, boolean holdsPermit) {
            this.lastProgress = System.nanoTime() - TimeUnit.SECONDS.toNanos(secondsAgo);
            this.holdsPermit = holdsPermit;
        }

        @Override
        public long lastProgress() {
            return lastProgress;
        }

        @Override
        public boolean inLine() {
            return false;
        }

        @Override
        public boolean othersWait(boolean forPermits) {
            return forPermits && holdsPermit;
        }

        @Override
        public void giveUp(String reason) {
            ended = Optional.of(reason);
        }
    }

    private Stream watched(long secondsAgo, boolean holdsPermit) {
        Stream stream = new Stream(secondsAgo, holdsPermit);
        stalled.watch(stream);
        return stream;
    }

    @Test
    void whoIsSlowKeepsItsTurnWhileNobodyElseWantsIt() {
        Stream slow = watched(20, true);
        Stream silent = watched(31, true);
        stalled.sweep();
        assertThat(slow.ended).isEmpty();
        assertThat(silent.ended).hasValueSatisfying(reason -> assertThat(reason).contains("30 s"));
    }

    @Test
    void whoHoldsATurnThatOthersWaitForHasLessTime() {
        permitsAwaited.set(true);
        Stream holds = watched(4, true);
        Stream quick = watched(2, true);
        Stream holdsNone = watched(4, false);
        stalled.sweep();
        assertThat(holds.ended).isPresent();
        assertThat(quick.ended).isEmpty();
        assertThat(holdsNone.ended).isEmpty();
    }
}
