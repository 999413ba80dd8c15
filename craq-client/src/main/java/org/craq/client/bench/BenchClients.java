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
 * Clients that work at once, each beginning its next operation when its last one has ended: a closed loop. Its latencies
 * tell what such a client sees, not how long a request would wait that comes at its own time.
 */
final class BenchClients implements AutoCloseable {
    private static final int DIGITS = 3;
    /** A client that has failed so often gives up. */
    private static final int PATIENCE = 5;

    private final int clients;
    private final ExecutorService threads;

    /** @param clients 0 are possible: they do nothing */
    BenchClients(int clients) {
        this.clients = clients;
        ThreadFactory daemon = task -> {
            Thread thread = Executors.defaultThreadFactory().newThread(task);
            thread.setDaemon(true);
            return thread;
        };
        this.threads = Executors.newFixedThreadPool(Math.max(clients, 1), daemon);
    }

    /** One operation of a client, the first of which is 0. */
    interface Work {
        void run(int client) throws IOException;
    }

    /**
     * What was done.
     *
     * @param latencies in microseconds, of those that succeeded
     * @param errors how many failed
     */
    record Tally(Histogram latencies, long nanos, long errors, Optional<String> firstError) {
        long operations() {
            return latencies.getTotalCount();
        }
    }

    /** Each client begins operations for so long, at least one. */
    Tally workFor(long nanos, Work work) throws InterruptedException {
        long start = System.nanoTime();
        return workWhile(() -> System.nanoTime() - start < nanos, work);
    }

    /** Each client begins operations while more is to be done, at least one. */
    Tally workWhile(BooleanSupplier more, Work work) throws InterruptedException {
        return begin(more, work).await();
    }

    /** The same, but returns at once. */
    Shift begin(BooleanSupplier more, Work work) {
        List<Future<Tally>> parts = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            int client = i;
            parts.add(threads.submit(() -> loop(client, work, more)));
        }
        return new Shift(parts);
    }

    /** Work that has begun. */
    static final class Shift {
        private final List<Future<Tally>> parts;

        private Shift(List<Future<Tally>> parts) {
            this.parts = parts;
        }

        /** Returns when the last client is done; its time is that of all. */
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
            throw new IllegalStateException("a client of the measurement broke down", e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
