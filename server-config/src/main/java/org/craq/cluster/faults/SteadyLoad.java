package org.craq.cluster.faults;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.craq.client.CraqClient;
import org.craq.wire.CraqException;

/** Several clients, each of which repeatedly writes a small file and reads it at the same time. */
public final class SteadyLoad implements AutoCloseable {
    static final int FILE_BYTES = 4096;
    private static final long END_SECONDS = 70;

    private final ExecutorService threads;
    private final Duration pause;
    private final List<CraqClient> clients = new ArrayList<>();
    private final Timeline writes = new Timeline();
    private final Timeline reads = new Timeline();
    private volatile boolean over;

    /**
     * The amount of load.
     *
     * @param clients number of clients; each writes and reads concurrently
     * @param pause time that a client waits between two writes, and between two reads
     */
    public record Intensity(int clients, Duration pause) {}

    /** An operation of a client. */
    private interface Step {
        void run() throws IOException;
    }

    /** Starts the load; returns when each file has been written once. */
    SteadyLoad(Supplier<CraqClient> made, Intensity intensity) throws IOException {
        threads = Executors.newFixedThreadPool(2 * intensity.clients());
        pause = intensity.pause();
        for (int i = 0; i < intensity.clients(); i++) {
            CraqClient client = made.get();
            clients.add(client);
            SplittableRandom random = new SplittableRandom(i);
            String name = "faults/" + i;
            write(client, name, random);
            threads.execute(() -> repeat(writes, () -> write(client, name, random)));
            threads.execute(() -> repeat(reads, () -> client.get(name, OutputStream.nullOutputStream())));
        }
    }

    private static void write(CraqClient client, String name, SplittableRandom random) throws IOException {
        byte[] content = new byte[FILE_BYTES];
        random.nextBytes(content);
        client.put(name, new ByteArrayInputStream(content));
    }

    private void repeat(Timeline timeline, Step step) {
        while (!over) {
            try {
                step.run();
                timeline.add(System.nanoTime());
            } catch (IOException | CraqException e) {
                timeline.failed();
            }
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    /** Returns when each write was acknowledged. */
    Timeline writes() {
        return writes;
    }

    /** Returns when each read was completed. */
    Timeline reads() {
        return reads;
    }

    @Override
    public void close() {
        over = true;
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
        clients.forEach(CraqClient::close);
    }
}
