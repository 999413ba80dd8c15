package org.craq.core.sim;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainPlanner;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.NodeStates;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.membership.ChainState;
import org.craq.core.membership.Life;
import org.craq.core.membership.Lives;
import org.craq.core.membership.Registration;

/**
 * The in-memory state of a leading manager, and its decisions, made with the real {@link ChainPlanner}, {@link Lives}
 * and {@link ChainState}. It answers and decides only while its manager leads.
 */
final class Administration {
    static final Duration LEASE = Duration.ofMillis(200);
    private static final Duration MARGIN = Duration.ofMillis(20);
    private static final long GRACE = 400 * VirtualTime.MILLI;

    private final World world;
    private final LongSupplier clock;
    private final ChainPlanner planner;
    private final FlawedPlanning flaws;
    private final Lives lives;
    private Optional<ChainState> chain = Optional.empty();
    /** Version of the rights of users; every lease comes with it. */
    private long rights;

    Administration(World world, LongSupplier clock) {
        this.world = world;
        this.clock = clock;
        this.planner = new ChainPlanner(world.settings().chainLength());
        this.flaws = new FlawedPlanning(world);
        this.lives = world.has(Flaw.REMOVED_BEFORE_LEASE_ENDS)
                ? new Lives(LEASE.dividedBy(2), LEASE.dividedBy(2))
                : new Lives(LEASE.plus(MARGIN), LEASE);
    }

    void begin(ManagerDatabase.Contents contents) {
        lives.assume(contents.nodes(), contents.chain().stream().toList(), now());
        chain = Optional.of(new ChainState(World.CHAIN, contents.chain()));
        rights = world.has(Flaw.RIGHTS_NOT_READ_BY_NEXT_LEADER) ? 0 : contents.rights();
    }

    long rights() {
        return rights;
    }

    /** A change of rights is recorded; leases that are granted from now on require it. */
    void rightsChanged(long version) {
        if (!world.has(Flaw.LEASES_REQUIRE_OLD_RIGHTS)) {
            rights = Math.max(rights, version);
        }
    }

    /** Forgets everything because another manager leads. */
    void end() {
        lives.clear();
        chain = Optional.empty();
    }

    boolean ready() {
        return chain.isPresent();
    }

    private long now() {
        return clock.getAsLong();
    }

    // ---- messages from nodes ----

    boolean isRetired(NodeId node, Incarnation incarnation) {
        return !world.has(Flaw.MEMORY_KEPT_WHEN_REMOVED) && lives.isRetired(node, incarnation);
    }

    void registered(Registration registration, ReplicaReport report, Heartbeats.Reply reply) {
        Life life = lives.begin(registration, now());
        life.heard(now(), List.of(report));
        answer(life, reply);
    }

    void heartbeat(
            NodeId node, Incarnation incarnation, ReplicaReport report, boolean leaving, Heartbeats.Reply reply) {
        Optional<Life> known = lives.find(node, incarnation);
        if (known.isEmpty()) {
            reply.answered(recorded(), false, rights);
            return;
        }
        known.get().heard(now(), List.of(report));
        if (leaving) {
            known.get().leave();
            world.leases().givenUp(incarnation);
        }
        answer(known.get(), reply);
    }

    private void answer(Life life, Heartbeats.Reply reply) {
        NodeId node = life.registration().node();
        Incarnation incarnation = life.registration().incarnation();
        boolean condemned = chain.orElseThrow().condemns(node, incarnation) && !world.has(Flaw.LEASE_FOR_CONDEMNED);
        boolean granted = !life.left() && !isRetired(node, incarnation) && !condemned;
        if (granted) {
            life.leased(now());
            world.leases().granted(incarnation);
        }
        reply.answered(recorded(), granted, rights);
    }

    private Optional<Chain> recorded() {
        return chain.orElseThrow().recorded();
    }

    // ---- decisions ----

    /** Returns the change to be written to the database; it stays proposed until {@link #adopt}. */
    Optional<Chain> propose() {
        ChainState state = chain.orElseThrow();
        if (state.proposed().isPresent()) {
            return state.proposed();
        }
        boolean awaits = recorded()
                .filter(now -> ChainPlanner.awaitsRevival(now, states(false)))
                .isPresent();
        long awaited = state.nanosAwaitingRevival(awaits, now());
        NodeStates nodes = states(awaits && awaited >= GRACE);
        ChainPlanner.Decision decision = planner.next(World.CHAIN, recorded(), nodes);
        flaws.planned(recorded(), decision, nodes).ifPresent(state::propose);
        if (state.proposed().isPresent()) {
            world.trace().note("proposed:", decision.reason(), state.proposed().get());
        }
        return state.proposed();
    }

    private NodeStates states(boolean graceOver) {
        return lives.states(World.CHAIN, graceOver, now());
    }

    /** Adopts what the database holds now. */
    void adopt(Optional<Chain> found) {
        ChainState state = chain.orElseThrow();
        state.recorded().stream()
                .flatMap(before -> before.line().stream())
                .filter(member -> found.filter(now -> now.has(member.node(), member.incarnation()))
                        .isEmpty())
                .forEach(member -> lives.retire(member.node(), member.incarnation()));
        state.adopt(found);
    }
}
