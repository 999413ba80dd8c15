package org.craq.client.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.craq.client.CraqClient;
import org.craq.client.GetOptions;
import org.craq.client.PutOptions;

/**
 * Writes version after version of one file, and measures whether the versions that accumulate make later ones slower.
 */
public final class ManyVersions {
    private final CraqClient client;
    private final Bench.Watcher watcher;

    /**
     * Prepares a measurement.
     *
     * @param client stays open
     */
    public ManyVersions(CraqClient client, Bench.Watcher watcher) {
        this.client = client;
        this.watcher = watcher;
    }

    /**
     * How to write the versions.
     *
     * @param count number of versions
     * @param size bytes that each version adds
     * @param append true to append to the file, so that each version contains the previous one
     * @param blocks number of groups for which timings are returned
     */
    public record Settings(long count, long size, boolean append, int blocks) {
        public Settings {
            if (blocks < 1 || count < blocks) {
                throw new IllegalArgumentException(
                        "there must be at least as many versions as blocks, not " + count + " in " + blocks);
            }
            if (size < 1 || size > PutOptions.MAX_CHUNK_SIZE) {
                throw new IllegalArgumentException(
                        "a version adds 1 to " + PutOptions.MAX_CHUNK_SIZE + " bytes, not " + size);
            }
        }
    }

    /**
     * Writes the versions, each durable on every member before the next, and removes the file.
     *
     * @throws IOException when bytes are missing at the end
     */
    public List<Timing> measure(Settings settings) throws IOException, InterruptedException {
        String name = "craq-bench/" + UUID.randomUUID();
        List<Timing> timings = new ArrayList<>();
        AtomicLong made = new AtomicLong();
        try (BenchClients crew = new BenchClients(1)) {
            for (int block = 1; block <= settings.blocks(); block++) {
                long end = settings.count() * block / settings.blocks();
                String what = (settings.append() ? "append " : "put ") + (made.get() + 1) + " to " + end;
                LongConsumer bar = watcher.stage(what);
                BenchClients.Tally tally = crew.workWhile(() -> made.get() < end, client -> {
                    write(name, settings);
                    bar.accept(made.incrementAndGet() * settings.size());
                });
                timings.add(Timing.of(what, 1, tally));
            }
            check(name, settings.append() ? made.get() * settings.size() : settings.size());
        } finally {
            if (made.get() > 0) {
                client.delete(name);
            }
        }
        return timings;
    }

    private void write(String name, Settings settings) throws IOException {
        Pattern bytes = Pattern.of(name);
        if (settings.append()) {
            client.append(name, bytes.read(settings.size()), PutOptions.defaults());
        } else {
            client.put(name, bytes.read(settings.size()), PutOptions.defaults());
        }
    }

    /** Reads the file; the client verifies the bytes against the version's checksum. */
    private void check(String name, long length) throws IOException {
        long found = client.get(name, OutputStream.nullOutputStream(), GetOptions.defaults())
                .length();
        if (found != length) {
            throw new IOException("'" + name + "' has " + found + " bytes, not " + length);
        }
    }
}
