package org.craq.client.bench;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.craq.client.CraqClient;
import org.craq.client.PutOptions;

/** Writes {@link ManyFiles} and keeps them, so that a cluster that holds many files can be measured. */
public final class Fill {
    private final CraqClient client;
    private final Bench.Watcher watcher;

    /**
     * Prepares the writes.
     *
     * @param client stays open
     */
    public Fill(CraqClient client, Bench.Watcher watcher) {
        this.client = client;
        this.watcher = watcher;
    }

    /**
     * Writes the files, each durable on every member before its writer starts the next. An existing file gets a new
     * version.
     *
     * @param from index of the first file to write; an earlier run has written those before it
     */
    public Timing write(ManyFiles files, long from, int clients) throws InterruptedException {
        AtomicLong next = new AtomicLong(from);
        AtomicLong moved = new AtomicLong();
        LongConsumer bar = watcher.stage("fill");
        try (BenchClients crew = new BenchClients(clients)) {
            BenchClients.Tally tally = crew.workWhile(() -> next.get() < files.count(), client -> {
                long place = next.getAndIncrement();
                if (place < files.count()) {
                    write(files.name(place), files.size());
                    bar.accept(moved.addAndGet(files.size()));
                }
            });
            return Timing.of("fill", clients, tally);
        }
    }

    private void write(String name, long size) throws IOException {
        client.put(name, Pattern.of(name).read(size), PutOptions.defaults());
    }
}
