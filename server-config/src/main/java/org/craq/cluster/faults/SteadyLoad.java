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

/** Some clients that each write a small file again and again, and read it at the same time. */
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
     * How much there is to do.
     *
     * @param clients each writes and reads at once
     * @param pause between two operations of one kind of one client
     */
    public record Intensity(int clients, Duration pause) {}

    /** An operation of a client. */
    private interface Step {
        void run() throws IOException;
    }

    /** Returns when each file has been written once. */
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

    /** When each write was acknowledged. */
    Timeline writes() {
        return writes;
    }

    /** When each read was complete. */
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
