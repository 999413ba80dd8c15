package org.craq.node.admin;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.craq.core.chain.Seq;
import org.craq.node.config.ContentMode;
import org.craq.node.content.ContentPort;
import org.craq.node.files.Quotas;
import org.craq.node.replication.ChainDriver;
import org.craq.node.replication.MemberView;
import org.craq.node.runtime.NodeRuntime;
import org.craq.node.runtime.NodeStorage;
import org.craq.node.store.ChunkRepair;
import org.craq.node.store.Compactor;
import org.craq.node.store.Scrub;

/** Metrics that are read from the node when the page is requested, and cost nothing otherwise. */
public final class NodeGauges {
    private static final double NANOS = 1e9;

    private final PrometheusRegistry registry;

    private NodeGauges(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /** Registers the metrics that exist before the node runs. */
    public static void registerStart(PrometheusRegistry registry, BooleanSupplier refusesDatabase) {
        new NodeGauges(registry)
                .gauge(
                        "craq_database_refused",
                        "1 while the node does not start because its database is older than its disk or a different one.",
                        () -> refusesDatabase.getAsBoolean() ? 1 : 0);
    }

    /** Registers the metrics of a running node. */
    public static void register(PrometheusRegistry registry, NodeRuntime node) {
        NodeGauges gauges = new NodeGauges(registry);
        gauges.gauge(
                "craq_uploads_open", "Uploads in progress, from users and from the predecessor.", () -> node.uploads()
                        .size());
        gauges.members(() -> node.members().drivers().values().stream()
                .map(ChainDriver::view)
                .toList());
        gauges.storage(node.storage());
        node.contentPort().ifPresent(port -> gauges.contentPort(port, node.contentMode()));
        gauges.quotas(node.quotas());
    }

    private void quotas(Quotas quotas) {
        quota(quotas, "craq_quota_bytes", "What may be kept under a prefix.", usage -> usage.quota()
                .bytes());
        quota(
                quotas,
                "craq_quota_used_bytes",
                "What is kept under a prefix that has a quota, or reserved.",
                usage -> usage.used()
                        .map(Quotas.Amount::bytes)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()));
        quota(
                quotas,
                "craq_quota_versions",
                "Versions and deletions that may be recorded under a prefix.",
                usage -> usage.quota().versions());
        quota(
                quotas,
                "craq_quota_used_versions",
                "Versions and deletions that are recorded under a prefix that has a quota.",
                usage -> usage.used()
                        .map(Quotas.Amount::versions)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()));
    }

    private void quota(Quotas quotas, String name, String help, Function<Quotas.Usage, OptionalLong> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("prefix")
                .callback(line -> quotas.usage().forEach(usage -> value.apply(usage)
                        .ifPresent(number ->
                                line.call((double) number, usage.quota().prefix()))))
                .register(registry);
    }

    private void contentPort(ContentPort port, ContentMode mode) {
        gauge(
                "craq_content_encrypted",
                "1 if connections to the content port are encrypted.",
                () -> mode == ContentMode.SECURE ? 1 : 0);
        gauge("craq_content_connections", "Connections to the content port.", port::connections);
        counter("craq_content_received_bytes", "Content bytes received over the content port.", port::received);
        counter("craq_content_sent_bytes", "Content bytes sent over the content port.", port::sent);
    }

    private void members(Supplier<Collection<MemberView>> views) {
        member(views, "craq_serving", "1 while this member may answer requests.", view -> view.serves() ? 1 : 0);
        member(
                views,
                "craq_complete",
                "1 once this member has caught up with its predecessor's log.",
                view -> view.report().complete() ? 1 : 0);
        member(
                views,
                "craq_failed",
                "1 once this member has failed, until the node is restarted.",
                view -> view.failure().isEmpty() ? 0 : 1);
        member(views, "craq_epoch", "Epoch in which this member acts; 0 if none.", view -> view.report()
                .epoch()
                .value());
        member(
                views,
                "craq_lease_seconds",
                "Remaining time for which this member may answer.",
                NodeGauges::leaseSeconds);
        member(
                views,
                "craq_last_seq",
                "Last entry of this member's log.",
                view -> value(view.report().last()));
        member(
                views,
                "craq_durable_mark",
                "Entries up to this one are durable on this member.",
                view -> value(view.durable()));
        member(
                views,
                "craq_prepared_mark",
                "Entries up to this one are durable on this member and its predecessors.",
                view -> value(view.report().prepared()));
        member(
                views,
                "craq_commit_mark",
                "Entries up to this one are committed, as far as this member knows.",
                view -> value(view.report().commit()));
        member(
                views,
                "craq_dirty_entries",
                "Entries above the commit mark known to this member (its lag).",
                view -> value(view.report().last()) - value(view.report().commit()));
        member(
                views,
                "craq_forgotten_mark",
                "Tombstones and old versions up to this mark have been pruned.",
                view -> value(view.forgotten()));
    }

    private static double value(Seq seq) {
        return seq.value();
    }

    private static double leaseSeconds(MemberView view) {
        return view.servesUntil().isPresent()
                ? Math.max(0, (view.servesUntil().getAsLong() - System.nanoTime()) / NANOS)
                : 0;
    }

    private void member(
            Supplier<Collection<MemberView>> views, String name, String help, ToDoubleFunction<MemberView> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("chain")
                .callback(line -> views.get()
                        .forEach(view -> line.call(
                                value.applyAsDouble(view), view.report().chain().value())))
                .register(registry);
    }

    private void storage(NodeStorage storage) {
        gauge("craq_store_bytes", "Bytes in the chunk store, including dead ones.", () -> storage.store()
                .bytes());
        gauge("craq_store_segments", "Segment files of the chunk store.", () -> storage.store()
                .sizes()
                .size());
        gauge(
                "craq_set_aside_bytes",
                "Bytes in the chunk store that the database does not know and that are kept for some time.",
                () -> storage.store().setAside().counts().bytes());
        gauge(
                "craq_set_aside_segments",
                "Segment files that contain, or may contain, such bytes.",
                () -> storage.store().setAside().counts().segments());
        gauge("craq_disk_free_bytes", "Free bytes on the chunk store's disk.", () -> storage.store()
                .reserve()
                .usable());
        gauge("craq_disk_reserve_bytes", "Bytes that uploads leave free on that disk.", () -> storage.store()
                .reserve()
                .bytes());
        gauge(
                "craq_store_failed",
                "1 after a failed force, until the node is restarted.",
                () -> storage.store().failure().isEmpty() ? 0 : 1);
        repairs(storage.repair());
        upkeep(storage.compactor(), storage.scrub());
    }

    private void repairs(ChunkRepair repair) {
        counter("craq_chunks_damaged", "Chunks found damaged or missing.", () -> repair.counts()
                .damaged());
        counter("craq_chunks_repaired", "Chunks fetched from another member and rewritten.", () -> repair.counts()
                .repaired());
        gauge("craq_chunks_unrepaired", "Damaged chunks that no other member could supply yet.", () -> repair.counts()
                .waiting());
    }

    private void upkeep(Compactor compactor, Scrub scrub) {
        counter("craq_compaction_freed_bytes", "Dead bytes freed by compaction.", () -> compactor
                .counts()
                .bytesFreed());
        counter("craq_compaction_moved_bytes", "Bytes of live chunks that compaction rewrote.", () -> compactor
                .counts()
                .bytesMoved());
        gauge(
                "craq_scrub_running",
                "1 while a scrub is running.",
                () -> scrub.current().running() ? 1 : 0);
        gauge(
                "craq_scrub_pass_bytes",
                "Bytes read by the running scrub, or else by the last one.",
                () -> scrub.current().bytes());
    }

    private void gauge(String name, String help, Supplier<? extends Number> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(line -> line.call(value.get().doubleValue()))
                .register(registry);
    }

    private void counter(String name, String help, Supplier<? extends Number> value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(line -> line.call(value.get().doubleValue()))
                .register(registry);
    }
}
