package org.craq.core.sim;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainPlanner;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.NodeState;
import org.craq.core.chain.NodeStates;
import org.craq.core.chain.ReplicaReport;

/**
 * The manager: hears the nodes, grants leases, records what {@link ChainPlanner} decides. The configuration is in its
 * database before anyone hears of it.
 */
final class SimManager {
    static final long LEASE_MILLIS = 200;
    private static final long LEASE = LEASE_MILLIS * VirtualTime.MILLI;
    private static final long MARGIN = 20 * VirtualTime.MILLI;
    private static final long TICK = 20 * VirtualTime.MILLI;
    private static final long GRACE = 400 * VirtualTime.MILLI;

    /** At one moment: one for each node that comes, goes and has caught up is plenty. */
    private static final int MOST_CHANGES = 50;

    private record Known(Incarnation incarnation, long heard, boolean leaving, Optional<ReplicaReport> report) {}

    private final World world;
    private final ChainPlanner planner;
    private final Map<NodeId, Known> known = new TreeMap<>();
    private final Map<Incarnation, Long> mayActUntil = new HashMap<>();
    private final Set<Incarnation> removed = new HashSet<>();
    private Optional<Chain> chain = Optional.empty();
    private long awaiting = -1;

    SimManager(World world) {
        this.world = world;
        this.planner = new ChainPlanner(world.settings().chainLength());
    }

    void start() {
        tick();
    }

    private void tick() {
        plan();
        world.time().after(TICK, this::tick);
    }

    // ---- what nodes say ----

    void register(NodeId node, Incarnation incarnation) {
        Known former = known.get(node);
        boolean again = former != null && former.incarnation().equals(incarnation);
        if (again || removed.contains(incarnation)) {
            return;
        }
        known.put(node, new Known(incarnation, world.time().now(), false, Optional.empty()));
    }

    void heartbeat(NodeId node, Incarnation incarnation, ReplicaReport report, long sent) {
        if (removed.contains(incarnation)) {
            Chain without = chain.orElseThrow();
            answer(node, incarnation, life -> life.removedByManager(without));
            return;
        }
        Known former = known.get(node);
        if (former == null || !former.incarnation().equals(incarnation)) {
            answer(node, incarnation, SimMember::unknownToManager);
            return;
        }
        boolean leaving = former.leaving();
        long now = world.time().now();
        known.put(node, new Known(incarnation, now, leaving, Optional.of(report)));
        if (!leaving) {
            mayActUntil.put(incarnation, now + LEASE + MARGIN);
        }
        Optional<Chain> told = chain;
        answer(node, incarnation, life -> life.heartbeatAnswered(told, !leaving, sent));
    }

    void leaving(NodeId node, Incarnation incarnation) {
        Known former = known.get(node);
        if (former != null && former.incarnation().equals(incarnation)) {
            known.put(node, new Known(incarnation, former.heard(), true, former.report()));
            mayActUntil.remove(incarnation);
        }
    }

    private void answer(NodeId node, Incarnation incarnation, Consumer<SimMember> answer) {
        world.network().send(World.MANAGER, node, () -> world.node(node)
                .life()
                .filter(life -> life.incarnation().equals(incarnation))
                .ifPresent(answer));
    }

    // ---- what it decides ----

    private void plan() {
        ChainPlanner.Decision decision = planner.next(World.CHAIN, chain, states());
        for (int changes = 0; decision instanceof ChainPlanner.Change change; changes++) {
            if (changes == MOST_CHANGES) {
                throw new Violation("the planner never comes to rest: " + change);
            }
            record(change);
            decision = planner.next(World.CHAIN, chain, states());
        }
        boolean awaits =
                chain.filter(now -> ChainPlanner.awaitsRevival(now, states())).isPresent();
        awaiting = !awaits ? -1 : awaiting < 0 ? world.time().now() : awaiting;
    }

    private void record(ChainPlanner.Change change) {
        Chain next = flawed(change.chain());
        world.trace().note("manager:", change.reason(), next);
        chain.ifPresent(former -> former.members().stream()
                .filter(member -> !next.has(member.node(), member.incarnation()))
                .forEach(member -> removed.add(member.incarnation())));
        chain = Optional.of(next);
        world.invariants().check();
    }

    private Chain flawed(Chain next) {
        if (world.has(Flaw.COMPLETE_ON_JOIN)) {
            return withMembers(next, next.members().stream().map(Member::asComplete));
        }
        boolean revived = chain.isPresent()
                && next.members().stream().noneMatch(chain.get().members()::contains);
        if (world.has(Flaw.REVIVED_BY_ANYONE) && revived) {
            return withMembers(
                    next,
                    states().nodes().stream()
                            .filter(NodeState::alive)
                            .sorted(Comparator.comparing(NodeState::last))
                            .map(node -> new Member(
                                    node.node(), node.incarnation(), node.grpcAddress(), node.httpUrl(), true))
                            .limit(world.settings().chainLength()));
        }
        return next;
    }

    private static Chain withMembers(Chain chain, Stream<Member> members) {
        return new Chain(chain.id(), chain.epoch(), members.toList(), chain.learners(), chain.revision());
    }

    private NodeStates states() {
        long now = world.time().now();
        boolean graceOver = awaiting >= 0 && now - awaiting > GRACE;
        List<NodeState> nodes = known.entrySet().stream()
                .map(entry -> state(entry.getKey(), entry.getValue(), now))
                .toList();
        Set<Incarnation> mayAct = mayActUntil.entrySet().stream()
                .filter(entry -> entry.getValue() > now)
                .filter(entry -> !world.has(Flaw.REMOVED_BEFORE_LEASE_ENDS) || heardOf(entry.getKey(), now))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        return new NodeStates(nodes, mayAct, graceOver);
    }

    private boolean heardOf(Incarnation incarnation, long now) {
        return known.values().stream()
                .anyMatch(node -> node.incarnation().equals(incarnation) && now - node.heard() < LEASE / 2);
    }

    private NodeState state(NodeId id, Known node, long now) {
        boolean alive = !node.leaving() && !removed.contains(node.incarnation()) && now - node.heard() < LEASE;
        String address = id + ":8001";
        return new NodeState(id, node.incarnation(), address, "http://" + id, alive, node.report());
    }

    // ---- what it is asked ----

    Optional<Chain> chain() {
        return chain;
    }

    Epoch epoch() {
        return chain.map(Chain::epoch).orElse(Epoch.NONE);
    }

    /** False once the lease that this life may hold has certainly ended. */
    boolean mayAct(Incarnation incarnation) {
        return mayActUntil.getOrDefault(incarnation, 0L) > world.time().now();
    }
}
