package org.craq.node.files;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Runs a limited number of tasks at once on another executor; the others wait in order, without a thread. Thread-safe. */
final class Throttle implements Executor {
    private final Executor executor;
    private final int atOnce;
    private final int mostWaiting;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;

    Throttle(Executor executor, int atOnce, int mostWaiting) {
        this.executor = executor;
        this.atOnce = atOnce;
        this.mostWaiting = mostWaiting;
    }

    /**
     * Runs the task, or adds it to the line.
     *
     * @throws CraqException OVERLOADED when too many tasks are waiting
     */
    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (running == atOnce) {
                if (waiting.size() == mostWaiting) {
                    throw new CraqException(
                            ErrorCode.OVERLOADED,
                            mostWaiting + " requests are already waiting for the node's database");
                }
                waiting.addLast(task);
                return;
            }
            running++;
        }
        executor.execute(() -> run(task));
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            next().ifPresent(next -> executor.execute(() -> run(next)));
        }
    }

    private synchronized Optional<Runnable> next() {
        Optional<Runnable> next = Optional.ofNullable(waiting.pollFirst());
        if (next.isEmpty()) {
            running--;
        }
        return next;
    }
}
