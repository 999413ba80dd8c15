package org.craq.client.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.craq.client.ClusterHttp;
import org.craq.client.CraqClient;
import org.craq.client.rest.Authorization;
import org.craq.wire.CraqException;

/**
 * Measures a cluster under one workload after the other. Reads are measured on files that the bench has written itself.
 * {@link #close} removes every file that it created.
 */
public final class Bench implements AutoCloseable {
    /** Limit for the size of streams during a warm-up, which keeps its duration close to the configured one. */
    private static final long WARM_UP_BYTES = 64L << 20;

    private static final int REMOVERS = 16;

    private final BenchSettings settings;
    private final BenchFiles files;
    private final ClusterMeter meter;
    private final Watcher watcher;

    /** Receives reports about the progress of a measurement. */
    public interface Watcher {
        /**
         * Reports that a stage begins and the previous one has ended. The returned listener gets the number of bytes
         * moved in the stage.
         */
        LongConsumer stage(String what);

        /** Reports something that the user should know. */
        void note(String text);
    }

    /**
     * Prepares a measurement.
     *
     * @param client stays open
     * @param http for transfers by REST, and to read the servers' CPU times
     */
    public Bench(
            CraqClient client, ClusterHttp http, BenchSettings settings, LocalProcesses.Known known, Watcher watcher) {
        this.settings = settings;
        Transfers transfers = settings.rest()
                ? new RestTransfers(client.chain().members(), http, Authorization.of(client))
                : Transfers.byClient(client, (int) settings.chunkSize());
        this.files = new BenchFiles(client, "craq-bench/" + UUID.randomUUID() + "/", transfers);
        this.watcher = watcher;
        this.meter = ClusterMeter.of(client, http, known);
    }

    /**
     * Measures one workload.
     *
     * @throws IllegalArgumentException when the settings are not valid for it
     * @throws CraqException when the files that it needs can't be written
     */
    public Measurement measure(Workload workload) throws IOException, InterruptedException {
        long size = settings.size(workload);
        int clients = settings.clients(workload);
        try (BenchClients crew = new BenchClients(clients)) {
            List<String> read = prepare(workload, size, workload.filesRead(clients));
            if (!settings.warmUp().isZero()) {
                AtomicLong warmed = new AtomicLong();
                LongConsumer bar = watcher.stage(workload + " warm-up");
                long warmSize = read.isEmpty() ? Math.min(size, WARM_UP_BYTES) : size;
                crew.workFor(settings.warmUp().toNanos(), work(workload, warmSize, read, warmed, bar));
            }
            LongConsumer bar = watcher.stage(workload.name());
            Map<String, ProcessUse> before = meter.read();
            Optional<MachineUse> machine = MachineUse.now();
            BenchClients.Tally tally =
                    crew.workFor(settings.nanos(workload), work(workload, size, read, new AtomicLong(), bar));
            Optional<MachineUse> used = MachineUse.now().flatMap(now -> machine.map(now::since));
            Map<String, ProcessUse> after = meter.read();
            return Measurement.of(workload, clients, size, tally, before, after, meter.missing(before, after), used);
        }
    }

    private BenchClients.Work work(
            Workload workload, long size, List<String> read, AtomicLong moved, LongConsumer bar) {
        return switch (workload.kind()) {
            case WRITE -> client -> files.write(size, new Steps(moved, bar));
            case READ -> client -> files.read(read.get(client), size, new Steps(moved, bar));
            case READ_RANGES ->
                client -> {
                    files.readRange(read.get(0), size);
                    bar.accept(moved.addAndGet(Workload.RANGE_BYTES));
                };
        };
    }

    /** Writes the files that a workload reads and that do not exist yet. */
    private List<String> prepare(Workload workload, long size, int count) throws IOException {
        int missing = count - files.ofSize(size, count).size();
        if (missing > 0) {
            watcher.note("writing " + missing + (missing == 1 ? " file" : " files") + " of " + size + " bytes for "
                    + workload + " to read");
            LongConsumer bar = watcher.stage(workload + " files");
            AtomicLong moved = new AtomicLong();
            for (int i = 0; i < missing; i++) {
                files.write(size, new Steps(moved, bar));
            }
        }
        return files.ofSize(size, count);
    }

    /** Adds one transfer's progress to the total. */
    private static final class Steps implements LongConsumer {
        private final AtomicLong all;
        private final LongConsumer bar;
        private long before;

        Steps(AtomicLong all, LongConsumer bar) {
            this.all = all;
            this.bar = bar;
        }

        @Override
        public void accept(long bytes) {
            long step = bytes - before;
            before = bytes;
            bar.accept(all.addAndGet(step));
        }
    }

    /** Removes the files as far as the cluster allows, and reports those that remain. */
    @Override
    public void close() {
        List<String> names = files.names();
        if (names.isEmpty()) {
            return;
        }
        watcher.stage("clean-up");
        AtomicInteger next = new AtomicInteger();
        try (BenchClients crew = new BenchClients(REMOVERS)) {
            BenchClients.Tally tally = crew.workWhile(() -> next.get() < names.size(), client -> {
                int index = next.getAndIncrement();
                if (index < names.size()) {
                    files.remove(names.get(index));
                }
            });
            List<String> left = files.names();
            if (!left.isEmpty()) {
                watcher.note(left.size() + " files could not be removed, among them '" + left.get(0) + "': "
                        + tally.firstError().orElse("interrupted"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
