package org.craq.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GuardedInputTest {
    private static final Duration NO_TIME = Duration.ZERO;
    private static final Duration SOME_TIME = Duration.ofSeconds(20);

    /**
     * A body of which a given number of bytes arrive. A container's own close reads on, and waits unless its thread is
     * interrupted.
     */
    private static final class Body extends ServletInputStream {
        private int left;
        private boolean closed;
        private boolean interrupted;

        Body(int left) {
            this.left = left;
        }

        @Override
        public int read() {
            return left-- > 0 ? 1 : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int count = Math.min(left, length);
            left -= count;
            return count > 0 ? count : -1;
        }

        @Override
        public void close() {
            closed = true;
            interrupted = Thread.currentThread().isInterrupted();
        }

        @Override
        public boolean isFinished() {
            return left <= 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void whatTheClientStillSendsIsTakenAndAllIsLeftAsItIs() {
        Body body = new Body(200_000);
        new GuardedInput(body, new Transfer(true)).finish(SOME_TIME);
        assertThat(body.isFinished()).isTrue();
        assertThat(body.closed).isFalse();
    }

    @Test
    void whoDoesNotComeToAnEndIsCutOffWithoutAWait() {
        Body body = new Body(Integer.MAX_VALUE);
        new GuardedInput(body, new Transfer(true)).finish(NO_TIME);
        assertThat(body.closed).isTrue();
        assertThat(body.interrupted).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
