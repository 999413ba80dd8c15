package org.craq.client.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.craq.client.CraqClient;
import org.craq.client.ListOptions;
import org.craq.client.ListPage;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Measures lookups in a cluster that holds {@link ManyFiles}. Every answer is verified. */
public final class LookupBench {
    private final CraqClient client;
    private final ManyFiles files;
    private final Bench.Watcher watcher;

    /**
     * Prepares a measurement.
     *
     * @param client stays open
     */
    public LookupBench(CraqClient client, ManyFiles files, Bench.Watcher watcher) {
        this.client = client;
        this.files = files;
        this.watcher = watcher;
    }

    /** Measures one kind of lookup after the other; all clients repeat each of them for the given duration. */
    public List<Timing> measure(int clients, Duration each) throws InterruptedException {
        List<Timing> timings = new ArrayList<>();
        timings.add(measure("list: first page", clients, each, this::firstPage));
        ListOptions middle = middle();
        timings.add(measure("list: page in the middle", clients, each, () -> page(middle, files.prefix())));
        timings.add(measure("list: one prefix of many", clients, each, this::oneGroup));
        timings.add(measure("stat: any file", clients, each, () -> stat(files.anyName())));
        timings.add(measure("stat: one file", clients, each, () -> stat(files.name(0))));
        timings.add(measure("stat: no such file", clients, each, this::statNothing));
        timings.add(measure("get: any file", clients, each, () -> get(files.anyName())));
        timings.add(measure("get: one file", clients, each, () -> get(files.name(0))));
        return timings;
    }

    private interface Question {
        void ask() throws IOException;
    }

    private Timing measure(String what, int clients, Duration each, Question question) throws InterruptedException {
        watcher.stage(what);
        try (BenchClients crew = new BenchClients(clients)) {
            return Timing.of(what, clients, crew.workFor(each.toNanos(), client -> question.ask()));
        }
    }

    private void firstPage() throws IOException {
        page(ListOptions.prefix(files.prefix()), files.name(0));
    }

    /**
     * Returns the options for the page that contains the middle file. Cursors are opaque, so it is reached page by
     * page.
     */
    private ListOptions middle() {
        watcher.stage("finding the middle");
        ListOptions options = ListOptions.prefix(files.prefix()).withLimit(ListOptions.MAX_LIMIT);
        ListPage page = client.list(options);
        long seen = page.files().size();
        while (!page.last() && seen <= files.count() / 2) {
            options = options.withCursor(page.nextCursor());
            page = client.list(options);
            seen += page.files().size();
        }
        return options;
    }

    private void oneGroup() throws IOException {
        String group = files.anyGroup();
        page(ListOptions.prefix(group), group);
    }

    private void page(ListOptions options, String begins) throws IOException {
        ListPage page = client.list(options.withLimit(ListOptions.MAX_LIMIT));
        if (page.files().isEmpty() || !page.files().get(0).name().startsWith(begins)) {
            throw new IOException("the page does not begin with '" + begins + "'; were the files written?");
        }
    }

    private void stat(String name) throws IOException {
        long length = client.stat(name).length();
        if (length != files.size()) {
            throw new IOException("'" + name + "' has " + length + " bytes, not " + files.size());
        }
    }

    private void statNothing() throws IOException {
        String name = files.anyName() + "-";
        try {
            client.stat(name);
        } catch (CraqException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return;
            }
            throw e;
        }
        throw new IOException("'" + name + "' should not exist");
    }

    private void get(String name) throws IOException {
        Pattern.Check check = Pattern.of(name).check(0);
        client.get(name, check);
        check.complete(files.size());
    }
}
