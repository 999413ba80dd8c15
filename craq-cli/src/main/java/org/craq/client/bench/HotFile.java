package org.craq.client.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.craq.client.ClusterHttp;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.client.PutOptions;
import org.craq.wire.CraqException;

/**
 * Measures one file that is in high demand: concurrent readers and writers of the same file. It shows the benefit of
 * apportioned queries, since reads during writes have to ask the tail. {@link #close} removes the file.
 */
public final class HotFile implements AutoCloseable {
    private final CraqClient client;
    private final HotFileSettings settings;
    private final ClusterMeter meter;
    private final Bench.Watcher watcher;
    private final String name = "craq-bench/" + UUID.randomUUID() + "/hot";
    private final Map<String, LongAdder> answered = new ConcurrentHashMap<>();

    /**
     * Prepares a measurement.
     *
     * @param client stays open
     * @param http reads the servers' CPU times
     */
    public HotFile(
            CraqClient client,
            ClusterHttp http,
            HotFileSettings settings,
            LocalProcesses.Known known,
            Bench.Watcher watcher) {
        this.client = client;
        this.settings = settings;
        this.watcher = watcher;
        this.meter = ClusterMeter.of(client, http, known);
    }

    /** Warms up, then measures. */
    public HotFileResult measure() throws IOException, InterruptedException {
        write();
        if (!settings.warmUp().isZero()) {
            watcher.stage("warm-up");
            work(settings.warmUp());
            answered.clear();
        }
        watcher.stage("one file");
        Map<String, ProcessUse> before = meter.read();
        Optional<MachineUse> machine = MachineUse.now();
        Work done = work(settings.seconds());
        Optional<MachineUse> used = MachineUse.now().flatMap(now -> machine.map(now::since));
        Map<String, ProcessUse> after = meter.read();
        Map<String, Long> reads = new LinkedHashMap<>();
        answered.forEach((node, count) -> reads.put(node, count.sum()));
        return new HotFileResult(
                settings.size(),
                Timing.of("reads", settings.readers(), done.reads()),
                Timing.of("writes", settings.writers(), done.writes()),
                reads,
                ClusterMeter.cpuSeconds(before, after),
                meter.missing(before, after),
                used);
    }

    private record Work(BenchClients.Tally reads, BenchClients.Tally writes) {}

    private Work work(Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        BooleanSupplier more = () -> System.nanoTime() - start < limit.toNanos();
        try (BenchClients readers = new BenchClients(settings.readers());
                BenchClients writers = new BenchClients(settings.writers())) {
            BenchClients.Shift reading = readers.begin(more, reader -> read());
            BenchClients.Shift writing = writers.begin(more, writer -> write());
            return new Work(reading.await(), writing.await());
        }
    }

    private void write() throws IOException {
        client.put(name, Pattern.of(name).read(settings.size()), PutOptions.defaults());
    }

    private void read() throws IOException {
        Pattern.Check check = Pattern.of(name).check(0);
        FileInfo file = client.get(name, check, GetOptions.defaults());
        check.complete(settings.size());
        answered.computeIfAbsent(file.answered().node(), node -> new LongAdder())
                .increment();
    }

    /** Removes the file if the cluster allows it, and reports if it remains. */
    @Override
    public void close() {
        try {
            client.delete(name);
        } catch (CraqException e) {
            watcher.note("'" + name + "' could not be removed: " + e.getMessage());
        }
    }
}
