package org.craq.core.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Runs many seeds on all cores, and reports progress now and then. Stops after a few violations. */
final class Seeds {
    private static final int BETWEEN_NEWS_SECONDS = 10;
    private static final int ENOUGH_VIOLATIONS = 5;

    private final long base;
    private final int count;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong untold = new AtomicLong();
    private final Map<Long, Set<String>> happened = new ConcurrentHashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    Seeds(long base, int count) {
        this.base = base;
        this.count = count;
    }

    /**
     * Runs the seeds, and returns the number of reads and writes that were correct.
     *
     * @throws Violation the first one; the others are suppressed in it
     */
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
        if (!violations.isEmpty()) {
            Violation first = violations.remove(0);
            violations.forEach(first::addSuppressed);
            throw first;
        }
        return operations.get();
    }

    /** Returns what happened in the first seeds, after all have run. */
    Set<String> happenedInTheFirst(int seeds) {
        return LongStream.range(base, base + seeds)
                .mapToObj(happened::get)
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
    }

    private void work() {
        for (long i = begun.getAndIncrement(); i < count; i = begun.getAndIncrement()) {
            try {
                History history = new Simulation(base + i, UnaryOperator.identity()).run();
                happened.put(base + i, history.happened());
                operations.addAndGet(history.puts().size() + history.looks().size());
                untold.addAndGet(history.happened().contains(BeyondPromise.class.getSimpleName()) ? 1 : 0);
                done.incrementAndGet();
            } catch (Violation e) {
                add(e);
            }
        }
    }

    private synchronized void add(Violation violation) {
        violations.add(violation);
        System.out.println(
                "Simulation: " + violation.getMessage().lines().findFirst().orElse(""));
        if (violations.size() == ENOUGH_VIOLATIONS) {
            begun.set(count);
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
                throw new IllegalStateException("a run failed unexpectedly", e);
            }
        }
    }

    private void tell() {
        System.out.println("Simulation: " + done + " of " + count + " seeds; " + operations + " writes and reads; "
                + untold + " runs lost more disks than the guarantees cover");
    }
}
