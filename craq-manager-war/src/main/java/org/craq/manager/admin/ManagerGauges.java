package org.craq.manager.admin;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.manager.leadership.Leadership;
import org.craq.manager.membership.ChainStatus;
import org.craq.manager.membership.Membership;
import org.craq.manager.membership.NodeStatus;
import org.craq.wire.CraqException;

/**
 * The gauges of a manager, evaluated at each scrape. Only the leader reports on chains and nodes, as no other manager
 * knows them.
 */
public final class ManagerGauges {
    private static final double MILLIS = 1000;

    private final PrometheusRegistry registry;

    private ManagerGauges(PrometheusRegistry registry) {
        this.registry = registry;
    }

    /** Registers all gauges. */
    public static void register(PrometheusRegistry registry, Leadership leadership, Membership membership) {
        ManagerGauges gauges = new ManagerGauges(registry);
        GaugeWithCallback.builder()
                .name("craq_manager_leads")
                .help("1 while this manager leads.")
                .callback(line -> line.call(leadership.held() ? 1 : 0))
                .register(registry);
        gauges.chains(() -> known(membership::chains));
        gauges.members(() -> known(membership::chains));
        gauges.nodes(() -> known(membership::nodes));
    }

    private static <T> List<T> known(Supplier<List<T>> question) {
        try {
            return question.get();
        } catch (CraqException e) {
            // This is a standby, or a leader that is still reading its database.
            return List.of();
        }
    }

    private void chains(Supplier<List<ChainStatus>> chains) {
        chain(chains, "craq_chain_epoch", "Epoch of the chain; 0 until it has formed.", chain -> chain.chain()
                .map(Chain::epoch)
                .map(Epoch::value)
                .orElse(0L));
        chain(chains, "craq_chain_members", "Members, not counting learners.", chain -> chain.members()
                .size());
        chain(
                chains,
                "craq_chain_complete_members",
                "Members that are recorded as complete and so may serve.",
                chain -> chain.members().stream()
                        .filter(status -> status.member().complete())
                        .count());
        chain(chains, "craq_chain_wanted_members", "How many members the chain should have.", chain -> chain.wish()
                .length());
        chain(chains, "craq_chain_learners", "Nodes that are catching up behind the tail.", chain -> chain.learners()
                .size());
        chain(
                chains,
                "craq_chain_horizon",
                "Seq at or below which members may forget what retention has pruned.",
                chain -> chain.chain().map(Chain::horizon).map(Seq::value).orElse(0L));
    }

    private void chain(
            Supplier<List<ChainStatus>> chains, String name, String help, ToDoubleFunction<ChainStatus> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("chain")
                .callback(line -> chains.get()
                        .forEach(chain ->
                                line.call(value.applyAsDouble(chain), chain.id().value())))
                .register(registry);
    }

    private void members(Supplier<List<ChainStatus>> chains) {
        GaugeWithCallback.builder()
                .name("craq_member_lag")
                .help("Entries by which a member or learner is behind the longest log, according to the last reports.")
                .labelNames("chain", "node")
                .callback(line -> chains.get().forEach(chain -> lag(chain, line)))
                .register(registry);
    }

    private static void lag(ChainStatus chain, GaugeWithCallback.Callback line) {
        long newest = chain.members().stream()
                .flatMap(member -> member.report().stream())
                .mapToLong(report -> report.last().value())
                .max()
                .orElse(0);
        Stream.concat(chain.members().stream(), chain.learners().stream()).forEach(member -> member.report()
                .ifPresent(report -> line.call(
                        (double) (newest - report.last().value()),
                        chain.id().value(),
                        member.member().node().value())));
    }

    private void nodes(Supplier<List<NodeStatus>> nodes) {
        node(nodes, "craq_node_alive", "1 while the node sends heartbeats.", node -> node.alive() ? 1 : 0);
        node(
                nodes,
                "craq_node_silence_seconds",
                "Time since the node's last heartbeat; NaN before the first.",
                node -> node.sinceHeartbeat()
                        .map(Duration::toMillis)
                        .map(millis -> millis / MILLIS)
                        .orElse(Double.NaN));
    }

    private void node(Supplier<List<NodeStatus>> nodes, String name, String help, ToDoubleFunction<NodeStatus> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("node")
                .callback(line -> nodes.get()
                        .forEach(node -> line.call(
                                value.applyAsDouble(node),
                                node.registration().node().value())))
                .register(registry);
    }
}
