package org.craq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.craq.server.Sweeps.Step;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A step that fails stops neither itself nor another. */
class SweepsTest {
    private static final Duration PERIOD = Duration.ofMillis(1);
    private static final int TURNS = 5;
    private static final long PATIENCE_SECONDS = 20;
    /** Deliberate failures need no log output. */
    private static final Logger QUIET = Logger.getLogger(Sweeps.class.getName());

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final Sweeps sweeps = new Sweeps(timer);

    @BeforeAll
    static void saysNothing() {
        QUIET.setLevel(Level.OFF);
    }

    @AfterAll
    static void saysAllAgain() {
        QUIET.setLevel(null);
    }

    @AfterEach
    void end() {
        sweeps.close();
        timer.shutdownNow();
        pool.shutdownNow();
    }

    private static Step counted(CountDownLatch turns, Step step) {
        return () -> {
            turns.countDown();
            step.run();
        };
    }

    private static void assertComes(CountDownLatch turns) throws InterruptedException {
        assertThat(turns.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aStepThatThrowsStopsNeitherItselfNorTheOthers() throws InterruptedException {
        CountDownLatch failing = new CountDownLatch(TURNS);
        CountDownLatch dying = new CountDownLatch(TURNS);
        CountDownLatch sound = new CountDownLatch(TURNS);
        sweeps.every(PERIOD, "fails", pool, counted(failing, () -> {
            throw new IllegalStateException("deliberate");
        }));
        sweeps.every(PERIOD, "dies", Runnable::run, counted(dying, () -> {
            throw new StackOverflowError("deliberate");
        }));
        sweeps.every(PERIOD, "is sound", pool, counted(sound, () -> {}));

        assertComes(failing);
        assertComes(dying);
        assertComes(sound);
    }

    @Test
    void oneInTheTimersThreadGoesOnAsWell() throws InterruptedException {
        CountDownLatch turns = new CountDownLatch(TURNS);
        sweeps.atRate(PERIOD, "fails", counted(turns, () -> {
            throw new Exception("deliberate");
        }));

        assertComes(turns);
    }

    @Test
    void aStepThatHangsHoldsUpNoOtherAndIsNotBegunTwice() throws InterruptedException {
        CountDownLatch letGo = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch after = new CountDownLatch(2);
        sweeps.every(PERIOD, "hangs", pool, () -> {
            begun.incrementAndGet();
            letGo.await();
            after.countDown();
        });
        CountDownLatch others = new CountDownLatch(TURNS);
        sweeps.every(PERIOD, "is sound", pool, counted(others, () -> {}));

        assertComes(others);
        assertThat(begun.get()).isLessThanOrEqualTo(1);
        letGo.countDown();
        assertComes(after);
    }

    @Test
    void threadsThatAreRefusedForAWhileEndNothing() throws InterruptedException {
        AtomicInteger refusals = new AtomicInteger(TURNS);
        CountDownLatch turns = new CountDownLatch(1);
        sweeps.every(
                PERIOD,
                "is refused",
                step -> {
                    if (refusals.getAndDecrement() > 0) {
                        throw new RejectedExecutionException("deliberate");
                    }
                    step.run();
                },
                turns::countDown);

        assertComes(turns);
    }

    @Test
    void nothingBeginsAfterTheEnd() {
        sweeps.every(PERIOD, "ends", pool, () -> {});
        sweeps.close();

        timer.setRemoveOnCancelPolicy(true);
        timer.purge();
        assertThat(timer.getQueue()).isEmpty();
    }
}
