package org.craq.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Periodic tasks of a server, isolated from each other: one that throws or hangs stops no other, and one that throws
 * runs again. The platform's timer would silently cancel a task that throws.
 *
 * <p>A step never runs twice at once: while it is running, further runs are skipped. A failure is logged when it first
 * occurs, and again when the step has recovered; in between only at level DEBUG.
 */
public final class Sweeps implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Sweeps.class.getName());

    private final ScheduledExecutorService timer;
    private final CopyOnWriteArrayList<Future<?>> running = new CopyOnWriteArrayList<>();

    /** A periodic task. */
    @FunctionalInterface
    public interface Step {
        /** Runs once. Whatever is thrown is logged, and the next run takes place all the same. */
        void run() throws Exception;
    }

    /** Creates an instance without steps. */
    public Sweeps(ScheduledExecutorService timer) {
        this.timer = Objects.requireNonNull(timer);
    }

    /**
     * Runs a step periodically, for the first time after one period.
     *
     * @param name what the step does, for the log
     * @param executor runs the step; the timer's own thread only starts it, so a step may block
     */
    public void every(Duration period, String name, Executor executor, Step step) {
        Guarded guarded = new Guarded(name, step);
        long nanos = period.toNanos();
        running.add(timer.scheduleWithFixedDelay(() -> guarded.begin(executor), nanos, nanos, TimeUnit.NANOSECONDS));
    }

    /** Runs a short step that never blocks in the timer's own thread, first at once and then at a steady rate. */
    public void atRate(Duration period, String name, Step step) {
        Guarded guarded = new Guarded(name, step);
        running.add(timer.scheduleAtFixedRate(
                () -> guarded.begin(Runnable::run), 0, period.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Starts no further runs; a step that is running is not interrupted. */
    @Override
    public void close() {
        running.forEach(task -> task.cancel(false));
    }

    private static final class Guarded {
        private final String name;
        private final Step step;
        private final AtomicBoolean busy = new AtomicBoolean();
        private volatile boolean failing;

        Guarded(String name, Step step) {
            this.name = Objects.requireNonNull(name);
            this.step = Objects.requireNonNull(step);
        }

        void begin(Executor executor) {
            if (!busy.compareAndSet(false, true)) {
                return;
            }
            try {
                executor.execute(this::run);
            } catch (RejectedExecutionException e) {
                busy.set(false);
                LOG.log(Level.DEBUG, "''{0}'' was not started: its executor has shut down", name);
            } catch (Exception | Error e) {
                busy.set(false);
                failed(e);
            }
        }

        private void run() {
            try {
                step.run();
                if (failing) {
                    failing = false;
                    LOG.log(Level.INFO, "''{0}'' works again", name);
                }
            } catch (Exception | Error e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                failed(e);
            } finally {
                busy.set(false);
            }
        }

        private void failed(Throwable failure) {
            LOG.log(
                    failing ? Level.DEBUG : Level.WARNING,
                    "'" + name + "' failed; it will be retried, and nothing else depends on it",
                    failure);
            failing = true;
        }
    }
}
