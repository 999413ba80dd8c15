package org.craq.core.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/** Runs many seeds on all cores, telling now and then how far it is. The first violation ends it. */
final class Seeds {
    private static final int BETWEEN_NEWS_SECONDS = 10;

    private final long base;
    private final int count;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong untold = new AtomicLong();

    Seeds(long base, int count) {
        this.base = base;
        this.count = count;
    }

    /** How many reads and writes were right. */
    long run() {
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService threads = Executors.newFixedThreadPool(cores);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < cores; i++) {
                workers.add(threads.submit(this::work));
            }
            for (Future<?> worker : workers) {
                await(worker);
            }
        } finally {
            begun.set(count);
            threads.shutdown();
        }
        tell();
        return operations.get();
    }

    private void work() {
        for (long i = begun.getAndIncrement(); i < count; i = begun.getAndIncrement()) {
            try {
                History history = new Simulation(base + i, UnaryOperator.identity()).run();
                operations.addAndGet(history.puts().size() + history.looks().size());
                untold.addAndGet(history.happened().contains(BeyondPromise.class.getSimpleName()) ? 1 : 0);
                done.incrementAndGet();
            } catch (Violation e) {
                begun.set(count);
                throw e;
            }
        }
    }

    private void await(Future<?> worker) {
        boolean over = false;
        while (!over) {
            try {
                worker.get(BETWEEN_NEWS_SECONDS, TimeUnit.SECONDS);
                over = true;
            } catch (TimeoutException e) {
                tell();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Violation violation) {
                    throw violation;
                }
                throw new IllegalStateException("a run could not be judged", e);
            }
        }
    }

    private void tell() {
        System.out.println("Simulation: " + done + " of " + count + " seeds; " + operations + " writes and reads; "
                + untold + " runs lost more disks than is promised");
    }
}
