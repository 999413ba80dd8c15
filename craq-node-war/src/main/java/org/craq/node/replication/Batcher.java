package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Feeds one handler, never twice at once and each thread's items in order: what is added while it works is its next batch. It holds no
 * thread while there is nothing to do.
 */
final class Batcher<T> {
    private static final Logger LOG = System.getLogger(Batcher.class.getName());

    private final Executor executor;
    private final int most;
    private final Consumer<List<T>> handler;
    private final Queue<T> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    /**
     * A batcher with an empty queue.
     *
     * @param most items in a batch at most
     */
    Batcher(Executor executor, int most, Consumer<List<T>> handler) {
        this.executor = executor;
        this.most = most;
        this.handler = handler;
    }

    void add(T item) {
        queue.add(item);
        if (size.getAndIncrement() == 0) {
            executor.execute(this::run);
        }
    }

    /** Adds an item; if nothing else is there, its handler has run when this returns. For handlers that never wait. */
    void handOver(T item) {
        if (!size.compareAndSet(0, 1)) {
            add(item);
        } else if (queue.isEmpty()) {
            handle(List.of(item));
        } else {
            // Something that was added before is not counted yet, or was counted for another.
            queue.add(item);
            executor.execute(this::run);
        }
    }

    int size() {
        return size.get();
    }

    private void run() {
        List<T> batch = new ArrayList<>();
        while (batch.size() < most) {
            T item = queue.poll();
            if (item == null) {
                break;
            }
            batch.add(item);
        }
        handle(batch);
    }

    private void handle(List<T> batch) {
        try {
            handler.accept(batch);
        } catch (Exception | Error e) {
            // Also checked exceptions, which a transaction's commit throws through methods that declare none.
            LOG.log(Level.ERROR, "a batch of " + batch.size() + " failed", e);
        }
        if (size.addAndGet(-batch.size()) > 0) {
            executor.execute(this::run);
        }
    }
}
