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
 * Steps that a server repeats until it ends, each by itself: one that throws, or hangs, stops neither itself for good nor any other.
 * A timer of the platform drops a task for ever once it has thrown, and says so to nobody.
 *
 * <p>A step never runs twice at once: while it still runs, its turns are passed over. A failure is logged when it begins, and again when
 * the step works once more; in between only at level DEBUG.
 */
public final class Sweeps implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Sweeps.class.getName());

    private final ScheduledExecutorService timer;
    private final CopyOnWriteArrayList<Future<?>> running = new CopyOnWriteArrayList<>();

    /** What is repeated. */
    @FunctionalInterface
    public interface Step {
        /** Does it once; whatever is thrown is logged, and the next turn comes all the same. */
        void run() throws Exception;
    }

    /** Without steps yet. */
    public Sweeps(ScheduledExecutorService timer) {
        this.timer = Objects.requireNonNull(timer);
    }

    /**
     * Repeats a step, first after one period.
     *
     * @param name for the log: what the step does
     * @param executor runs it; the timer's own thread only begins it, so a step may wait
     */
    public void every(Duration period, String name, Executor executor, Step step) {
        Guarded guarded = new Guarded(name, step);
        long nanos = period.toNanos();
        running.add(timer.scheduleWithFixedDelay(() -> guarded.begin(executor), nanos, nanos, TimeUnit.NANOSECONDS));
    }

    /** Repeats a short step that never waits, in the timer's own thread, at once and then at a steady rate. */
    public void atRate(Duration period, String name, Step step) {
        Guarded guarded = new Guarded(name, step);
        running.add(timer.scheduleAtFixedRate(
                () -> guarded.begin(Runnable::run), 0, period.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** No step begins any more; one that runs is not interrupted. */
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
                LOG.log(Level.DEBUG, "''{0}'' was not begun: its threads have ended", name);
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
                    "'" + name + "' failed; it is tried again, and nothing else waits for it",
                    failure);
            failing = true;
        }
    }
}
