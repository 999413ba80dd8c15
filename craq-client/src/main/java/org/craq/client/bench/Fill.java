package org.craq.client.bench;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.craq.client.CraqClient;
import org.craq.client.PutOptions;

/** Writes {@link ManyFiles}, which stay: what a cluster is like that holds them is then to be seen. */
public final class Fill {
    private final CraqClient client;
    private final Bench.Watcher watcher;

    /** @param client stays open */
    public Fill(CraqClient client, Bench.Watcher watcher) {
        this.client = client;
        this.watcher = watcher;
    }

    /**
     * Writes the files, each durable on every member before its writer begins the next. A file that is there already gets a new version.
     *
     * @param from the first place to be written; those before it have been written earlier
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
