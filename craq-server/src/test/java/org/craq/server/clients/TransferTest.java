package org.craq.server.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TransferTest {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Transfer transfer = new Transfer(true);
    private final CountDownLatch waits = new CountDownLatch(1);

    /** Behaves like a read from a socket: waits until there are bytes, or until its thread is interrupted. */
    private int silence() throws IOException {
        waits.countDown();
        try {
            TimeUnit.MINUTES.sleep(1);
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    private static int after(Duration time, int bytes) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(time.toMillis());
            return bytes;
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private CompletableFuture<Boolean> silentClient() {
        return CompletableFuture.supplyAsync(() -> {
            assertThatThrownBy(() -> transfer.run(this::silence)).isInstanceOf(SlowClientException.class);
            return Thread.currentThread().isInterrupted();
        });
    }

    @Test
    void whoSendsNothingIsGivenUpAndItsThreadIsNotInterruptedAnyMore() throws Exception {
        CompletableFuture<Boolean> interrupted = silentClient();
        waits.await();
        while (!transfer.givenUp()) {
            transfer.check(SHORT);
        }
        assertThat(interrupted.get()).isFalse();
        assertThatThrownBy(() -> transfer.run(() -> 1)).isInstanceOf(SlowClientException.class);
    }

    @Test
    void whoIsSilentBeyondTheEndIsGivenUpHoweverPatientTheServerIs() throws Exception {
        transfer.endIn(SHORT);
        CompletableFuture<Boolean> interrupted = silentClient();
        waits.await();
        while (!transfer.overdue()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        transfer.check(LONG);
        assertThat(interrupted.get()).isFalse();
    }

    @Test
    void nobodyIsGivenUpBeforeItsTimeOrWhileNobodyWaits() throws Exception {
        transfer.run(() -> after(SHORT, 1));
        transfer.check(SHORT);
        assertThat(transfer.givenUp()).isFalse();

        CompletableFuture<Boolean> unused = silentClient();
        waits.await();
        transfer.check(LONG);
        assertThat(transfer.givenUp()).isFalse();
        transfer.check(Duration.ZERO);
    }

    @Test
    void aByteNowAndThenIsNotEnough() throws Exception {
        for (int i = 0; i < 4; i++) {
            transfer.run(() -> after(SHORT, 1));
        }
        CompletableFuture<Boolean> interrupted = silentClient();
        waits.await();
        transfer.check(SHORT.multipliedBy(4));
        assertThat(interrupted.get()).isFalse();
        assertThat(transfer.givenUp()).isTrue();
    }

    @Test
    void aUnitOfBytesBeginsThePatienceAnew() throws Exception {
        for (int i = 0; i < 4; i++) {
            transfer.run(() -> after(SHORT, 1));
        }
        transfer.run(() -> Transfer.UNIT_BYTES);
        CompletableFuture<Boolean> unused = silentClient();
        waits.await();
        transfer.check(LONG);
        assertThat(transfer.givenUp()).isFalse();
        assertThat(transfer.isLongUpload()).isTrue();
        transfer.check(Duration.ZERO);
    }
}
