package org.craq.node.files;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Runs no more than so many tasks at once on another executor; the others wait, in order, without a thread. Thread-safe. */
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

    /** @throws CraqException OVERLOADED when too many wait already */
    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (running == atOnce) {
                if (waiting.size() == mostWaiting) {
                    throw new CraqException(
                            ErrorCode.OVERLOADED,
                            "more than " + mostWaiting + " requests wait for the node's database");
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
