package org.craq.node.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.craq.core.replica.ReadOutcome;

/**
 * Counters and timers that a node updates while it works. Each call is one or two additions without a lock, and none is
 * made per byte, so they may be used on any path.
 */
public final class NodeMeters {
    private static final double NANOS = 1e9;
    /** Histogram bounds, from a fast flash disk to one in trouble. */
    private static final double[] SECONDS = {.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30
    };

    private final PrometheusRegistry registry;
    private final Map<ReadOutcome.Level, CounterDataPoint> reads = new EnumMap<>(ReadOutcome.Level.class);
    private final CounterDataPoint remembered;
    private final CounterDataPoint dirtyReads;
    private final DistributionDataPoint tailQueries;
    private final CounterDataPoint tailSilences;
    private final DistributionDataPoint writes;
    private final DistributionDataPoint forces;
    private final DistributionDataPoint commits;
    private final CounterDataPoint commitRetries;
    private final CounterDataPoint entries;
    private final CounterDataPoint received;
    private final CounterDataPoint sent;
    private final CounterDataPoint pushed;
    private final CounterDataPoint fetched;
    private final CounterDataPoint neighbourFaults;

    public NodeMeters(PrometheusRegistry registry) {
        this.registry = registry;
        Counter byLevel = Counter.builder()
                .name("craq_reads")
                .help("Files and listings looked up for users, by the consistency of the answer.")
                .labelNames("consistency")
                .withoutExemplars()
                .register(registry);
        for (ReadOutcome.Level level : ReadOutcome.Level.values()) {
            reads.put(level, byLevel.labelValues(level.name().toLowerCase(Locale.ROOT)));
        }
        remembered = counter("craq_remembered_reads", "Files whose version was found without asking the database.");
        dirtyReads = counter("craq_dirty_reads", "Reads that had to wait for the tail's commit mark.");
        tailQueries = histogram("craq_tail_query_seconds", "Queries of the tail's commit mark that were answered.");
        tailSilences = counter("craq_tail_query_failures", "Queries of the tail's commit mark that were not answered.");
        writes = histogram(
                "craq_write_seconds",
                "Time from the end of an upload, or from a delete, until all members have it; failed ones included.");
        forces = histogram("craq_force_seconds", "Forcing the contents of a batch of entries to disk.");
        commits = histogram("craq_commit_seconds", "Database transactions that record a batch of entries.");
        commitRetries =
                counter("craq_commit_retries", "Database transactions of the log that failed and were repeated.");
        entries = counter("craq_entries", "Entries of the log that became durable here.");
        received = counter("craq_received_bytes", "Content that users sent.");
        sent = counter("craq_sent_bytes", "Content that was read for users.");
        Counter byWay = Counter.builder()
                .name("craq_replicated_bytes")
                .help(
                        "Content that came from another member: pushed by the predecessor, or fetched because it was missing.")
                .labelNames("way")
                .withoutExemplars()
                .register(registry);
        pushed = byWay.labelValues("push");
        fetched = byWay.labelValues("fetch");
        neighbourFaults = counter(
                "craq_neighbour_faults",
                "Messages from neighbours that no honest member sends; each ended its stream.");
    }

    private CounterDataPoint counter(String name, String help) {
        return Counter.builder().name(name).help(help).withoutExemplars().register(registry);
    }

    private DistributionDataPoint histogram(String name, String help) {
        // Without exemplars and native buckets the library starts no threads of its own.
        return Histogram.builder()
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .withoutExemplars()
                .register(registry);
    }

    // ---- reads ----

    public void read(ReadOutcome.Level level) {
        reads.get(level).inc();
    }

    /** Counts a read that needed no database lookup. */
    public void remembered() {
        remembered.inc();
    }

    /** Counts a query of the tail that serves this many reads. */
    public void tailAsked(int waiting) {
        dirtyReads.inc(waiting);
    }

    public void tailAnswered(long nanos) {
        tailQueries.observe(nanos / NANOS);
    }

    public void tailSilent() {
        tailSilences.inc();
    }

    public void sent(long bytes) {
        sent.inc(bytes);
    }

    // ---- writes ----

    public void written(long nanos) {
        writes.observe(nanos / NANOS);
    }

    public void received(long bytes) {
        received.inc(bytes);
    }

    public void pushed(long bytes) {
        pushed.inc(bytes);
    }

    public void fetched(long bytes) {
        fetched.inc(bytes);
    }

    public void neighbourAtFault() {
        neighbourFaults.inc();
    }

    // ---- the log ----

    public void forced(long nanos) {
        forces.observe(nanos / NANOS);
    }

    /** Records a transaction's duration, failed attempts included, and the number of entries that it made durable. */
    public void committed(long nanos, int count) {
        commits.observe(nanos / NANOS);
        entries.inc(count);
    }

    public void commitRepeated() {
        commitRetries.inc();
    }
}
