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
 * Passes items to one handler in batches. The handler never runs twice at once, and gets the items of each thread in order. Items that
 * are added while it runs form its next batch. Occupies no thread while there is nothing to do. Thread-safe.
 */
final class Batcher<T> {
    private static final Logger LOG = System.getLogger(Batcher.class.getName());

    private final Executor executor;
    private final int most;
    private final Consumer<List<T>> handler;
    private final Queue<T> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    /**
     * Creates a batcher with an empty queue.
     *
     * @param most maximum number of items in a batch
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

    /** Adds an item. If the batcher is idle, the handler runs on the calling thread. Only for handlers that never block. */
    void handOver(T item) {
        if (!size.compareAndSet(0, 1)) {
            add(item);
        } else if (queue.isEmpty()) {
            handle(List.of(item));
        } else {
            // Another thread has queued an item that it has not counted yet, so that item must be handled first.
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
            // This also catches checked exceptions, which a transaction's commit throws without declaring them.
            LOG.log(Level.ERROR, "a batch of " + batch.size() + " failed", e);
        }
        if (size.addAndGet(-batch.size()) > 0) {
            executor.execute(this::run);
        }
    }
}
