package org.craq.client.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;
import org.craq.wire.CraqException;

/**
 * Concurrent clients, each of which starts its next operation when the previous one has ended: a closed loop. The
 * latencies are those that such a client sees; they do not say how long a request would wait that arrives
 * independently.
 */
final class BenchClients implements AutoCloseable {
    private static final int DIGITS = 3;
    /** Number of failures after which a client stops. */
    private static final int PATIENCE = 5;

    private final int clients;
    private final ExecutorService threads;

    /**
     * Creates the clients.
     *
     * @param clients may be 0: then nothing is done
     */
    BenchClients(int clients) {
        this.clients = clients;
        ThreadFactory daemon = task -> {
            Thread thread = Executors.defaultThreadFactory().newThread(task);
            thread.setDaemon(true);
            return thread;
        };
        this.threads = Executors.newFixedThreadPool(Math.max(clients, 1), daemon);
    }

    /** One operation of a client; the clients are numbered from 0. */
    interface Work {
        void run(int client) throws IOException;
    }

    /**
     * The work that was done.
     *
     * @param latencies in microseconds, of the operations that succeeded
     * @param errors number of operations that failed
     */
    record Tally(Histogram latencies, long nanos, long errors, Optional<String> firstError) {
        long operations() {
            return latencies.getTotalCount();
        }
    }

    /** Runs operations: each client starts new ones for that long, and at least one. */
    Tally workFor(long nanos, Work work) throws InterruptedException {
        long start = System.nanoTime();
        return workWhile(() -> System.nanoTime() - start < nanos, work);
    }

    /** Runs operations: each client starts new ones while there is more to do, and at least one. */
    Tally workWhile(BooleanSupplier more, Work work) throws InterruptedException {
        return begin(more, work).await();
    }

    /** Starts operations like {@link #workWhile} and returns at once. */
    Shift begin(BooleanSupplier more, Work work) {
        List<Future<Tally>> parts = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            int client = i;
            parts.add(threads.submit(() -> loop(client, work, more)));
        }
        return new Shift(parts);
    }

    /** Work that has been started. */
    static final class Shift {
        private final List<Future<Tally>> parts;

        private Shift(List<Future<Tally>> parts) {
            this.parts = parts;
        }

        /** Returns when the last client has ended; its duration counts as that of all. */
        Tally await() throws InterruptedException {
            Histogram all = new Histogram(DIGITS);
            long nanos = 0;
            long errors = 0;
            Optional<String> firstError = Optional.empty();
            for (Future<Tally> part : parts) {
                Tally tally = result(part);
                all.add(tally.latencies());
                nanos = Math.max(nanos, tally.nanos());
                errors += tally.errors();
                firstError = firstError.or(tally::firstError);
            }
            return new Tally(all, nanos, errors, firstError);
        }
    }

    private static Tally loop(int client, Work work, BooleanSupplier more) {
        Histogram latencies = new Histogram(DIGITS);
        Optional<String> firstError = Optional.empty();
        int errors = 0;
        long begin = System.nanoTime();
        do {
            long start = System.nanoTime();
            try {
                work.run(client);
                latencies.recordValue((System.nanoTime() - start) / 1000);
            } catch (IOException | CraqException e) {
                errors++;
                firstError = firstError.or(() -> Optional.of(String.valueOf(e.getMessage())));
            }
        } while (errors < PATIENCE && more.getAsBoolean());
        return new Tally(latencies, System.nanoTime() - begin, errors, firstError);
    }

    private static Tally result(Future<Tally> part) throws InterruptedException {
        try {
            return part.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client of the measurement failed unexpectedly", e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
