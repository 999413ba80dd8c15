package org.craq.manager.membership;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.ChainPlanner;
import org.craq.core.chain.ChainPlanner.Change;
import org.craq.core.chain.ChainPlanner.Decision;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.NodeStates;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.membership.ChainState;
import org.craq.core.membership.Life;
import org.craq.core.membership.Lives;
import org.craq.core.membership.Registration;
import org.craq.core.membership.Wish;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The manager's state in memory: nodes, leases, reports and chains. Thread-safe, with one monitor; nothing here waits
 * for the database or the network.
 *
 * <p>Guarantees: nothing is answered or decided unless this manager leads at that moment. An incarnation whose removal
 * has been decided gets no more leases, and nobody is removed before every lease that this manager or its predecessor
 * may have granted has ended.
 */
public final class Membership {
    private static final Logger LOG = System.getLogger(Membership.class.getName());
    private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(10);
    /** Maximum number of known nodes; members of chains are admitted beyond it. */
    static final int MOST_NODES = 1000;
    /** From this number of known nodes on, those in no chain are forgotten sooner, to make room for others. */
    static final int CROWD = 900;

    private static final Duration LONG_SILENCE = Duration.ofDays(1);
    private static final Duration SILENCE_IN_A_CROWD = Duration.ofSeconds(10);
    private static final int FORGOTTEN_AT_ONCE = 100;

    private final ChainRules rules;
    private final LongSupplier nanoTime;
    private final Runnable requireLeadership;
    private final LongSupplier rightsVersion;
    private final Lives lives;
    private final Map<ChainId, ChainState> chains = new TreeMap<>();
    private final Map<ChainId, Wish> wishes = new TreeMap<>();
    private final RegistrationBudget budget = new RegistrationBudget();
    /** Nodes that are being deleted from the database. */
    private final Set<NodeId> forgetting = new HashSet<>();

    private Optional<Long> warnedAt = Optional.empty();

    /**
     * Creates an empty membership; call {@link #begin} before use.
     *
     * @param nanoTime a monotonic clock
     * @param requireLeadership throws the answer for callers while this manager does not lead
     * @param rightsVersion version of the users' rights, which every lease requires
     */
    public Membership(ChainRules rules, LongSupplier nanoTime, Runnable requireLeadership, LongSupplier rightsVersion) {
        this.rules = rules;
        this.nanoTime = nanoTime;
        this.requireLeadership = requireLeadership;
        this.rightsVersion = rightsVersion;
        this.lives = new Lives(rules.lease().plus(rules.margin()), rules.silence());
    }

    /**
     * Starts with the content of the database. Until then every request is refused.
     *
     * @param wishes only of chains for which something has been requested
     */
    public synchronized void begin(
            Collection<Registration> nodes, Map<ChainId, Optional<Chain>> recorded, Map<ChainId, Wish> wishes) {
        List<Chain> known = recorded.values().stream().flatMap(Optional::stream).toList();
        lives.assume(nodes, known, nanoTime.getAsLong());
        recorded.forEach((id, chain) -> {
            Wish wish = Optional.ofNullable(wishes.get(id)).orElseGet(() -> Wish.first(id, rules.length()));
            chains.put(id, new ChainState(id, chain));
            this.wishes.put(id, wish);
        });
    }

    /** Forgets everything, because another manager leads now and its decisions are not known here. */
    public synchronized void end() {
        chains.clear();
        wishes.clear();
        lives.clear();
        forgetting.clear();
    }

    public synchronized boolean ready() {
        return !chains.isEmpty();
    }

    /**
     * Refuses what {@link #register} would refuse, and excessive registrations, before the database is accessed.
     *
     * @throws CraqException FENCED for an incarnation that was removed from a chain: the node must start a new one;
     * OVERLOADED when too many nodes register, or this one too often
     */
    public synchronized void admit(NodeId node, Incarnation incarnation) {
        refuseRetired(node, incarnation);
        boolean member = isInChain(node);
        if (forgetting.contains(node)) {
            throw new CraqException(
                    ErrorCode.OVERLOADED, "node " + node + " is being forgotten at the moment; register again shortly");
        }
        if (!member && lives.present(node).isEmpty() && lives.present().size() + forgetting.size() >= MOST_NODES) {
            throw new CraqException(
                    ErrorCode.OVERLOADED,
                    "the manager knows " + MOST_NODES
                            + " nodes, its maximum; it forgets those in no chain once they"
                            + " have been silent for a while");
        }
        if (!budget.take(node, member, nanoTime.getAsLong())) {
            throw new CraqException(
                    ErrorCode.OVERLOADED,
                    "nodes register too often; node " + node + " must register again after a pause");
        }
    }

    private boolean isInChain(NodeId node) {
        return chains.values().stream()
                .flatMap(chain -> Stream.concat(chain.recorded().stream(), chain.proposed().stream()))
                .flatMap(chain -> chain.line().stream())
                .anyMatch(member -> member.node().equals(node));
    }

    /**
     * Forgets nodes in no chain that have been silent for long, a limited number at a time. They cannot register again
     * before {@link #forgotten} is called, once they have been deleted from the database; until then the same nodes are
     * returned again.
     */
    public synchronized Set<NodeId> forget() {
        requireReady();
        if (forgetting.isEmpty()) {
            long now = nanoTime.getAsLong();
            int crowd = lives.present().size() - CROWD;
            Stream.concat(
                            lives.silent(LONG_SILENCE, now).stream(),
                            // A removed incarnation must stay known, or it could return.
                            lives.silent(SILENCE_IN_A_CROWD, now).stream()
                                    .filter(life -> !life.retired())
                                    .filter(life ->
                                            !isInChain(life.registration().node()))
                                    .limit(Math.max(crowd, 0)))
                    .map(life -> life.registration().node())
                    .filter(node -> !isInChain(node))
                    .distinct()
                    .limit(FORGOTTEN_AT_ONCE)
                    .forEach(forgetting::add);
            forgetting.forEach(lives::forget);
        }
        return Set.copyOf(forgetting);
    }

    /** Records that these nodes have been deleted from the database. */
    public synchronized void forgotten(Set<NodeId> nodes) {
        LOG.log(Level.INFO, "{0} nodes that were in no chain and silent for long are forgotten", nodes.size());
        forgetting.removeAll(nodes);
    }

    private void refuseRetired(NodeId node, Incarnation incarnation) {
        requireReady();
        if (lives.isRetired(node, incarnation)) {
            throw new CraqException(
                    ErrorCode.FENCED,
                    "incarnation " + incarnation + " of node " + node
                            + " was removed from its chain; register under a new incarnation");
        }
    }

    /** Registers a node; to be called after the registration has been stored in the database. */
    public synchronized LeaseGrant register(Registration registration, List<ReplicaReport> reports) {
        refuseRetired(registration.node(), registration.incarnation());
        long now = nanoTime.getAsLong();
        lives.present(registration.node()).ifPresent(before -> tellOfReplacement(before, registration, now));
        Life life = lives.begin(registration, now);
        life.heard(now, reports);
        return lease(life, now);
    }

    /**
     * Records a heartbeat. Grants a lease unless the node is unknown under this incarnation, is leaving, or has been or
     * is about to be removed.
     */
    public synchronized LeaseGrant heartbeat(
            NodeId node, Incarnation incarnation, List<ReplicaReport> reports, boolean leaving) {
        requireReady();
        long now = nanoTime.getAsLong();
        Optional<Life> known = lives.find(node, incarnation);
        if (known.isEmpty()) {
            return new LeaseGrant(Duration.ZERO, rules.heartbeat(), configurations(), rightsVersion.getAsLong());
        }
        Life life = known.get();
        life.heard(now, reports);
        if (leaving && !life.left()) {
            LOG.log(Level.INFO, "node {0} is leaving", node);
            life.leave();
        }
        return lease(life, now);
    }

    /**
     * Returns the changes to be written to the database; each stays proposed until {@link #adopt} is called for its
     * chain.
     */
    public synchronized List<Chain> propose() {
        requireReady();
        long now = nanoTime.getAsLong();
        return chains.values().stream()
                .flatMap(chain -> propose(chain, now).stream())
                .toList();
    }

    /** Adopts the configuration that the database holds now. */
    public synchronized void adopt(ChainId id, Optional<Chain> recorded) {
        ChainState state = chains.get(id);
        state.recorded().stream()
                .flatMap(before -> before.line().stream())
                .filter(member -> recorded.filter(now -> now.has(member.node(), member.incarnation()))
                        .isEmpty())
                .forEach(member -> lives.retire(member.node(), member.incarnation()));
        state.adopt(recorded);
        recorded.ifPresent(chain -> LOG.log(
                Level.INFO,
                "chain {0}, epoch {1}, revision {2}: {3}; {4}",
                id,
                chain.epoch(),
                chain.revision(),
                Descriptions.members(chain),
                state.note()));
    }

    /** Adopts the wish that the database holds now. */
    public synchronized void adopt(Wish recorded) {
        wishes.replace(recorded.chain(), recorded);
    }

    /**
     * Returns everything that is needed to judge a change of a chain.
     *
     * @throws CraqException NOT_FOUND for an unknown chain, NO_CHAIN for one that is not formed yet
     */
    public synchronized Survey survey(ChainId id) {
        requireReady();
        ChainState state = Optional.ofNullable(chains.get(id))
                .orElseThrow(() -> new CraqException(
                        ErrorCode.NOT_FOUND, "there is no chain " + id + "; there are " + chains.keySet()));
        Chain chain = state.recorded().orElseThrow(() -> new CraqException(ErrorCode.NO_CHAIN, state.note()));
        return new Survey(chain, wishes.get(id), lives.states(id, false, nanoTime.getAsLong()));
    }

    /**
     * Returns the current state of all chains.
     *
     * @throws CraqException MANAGER_UNAVAILABLE until the database has been read
     */
    public synchronized List<ChainStatus> chains() {
        requireReady();
        long now = nanoTime.getAsLong();
        return chains.values().stream().map(chain -> status(chain, now)).toList();
    }

    /**
     * Returns the current state of all registered nodes.
     *
     * @throws CraqException MANAGER_UNAVAILABLE until the database has been read
     */
    public synchronized List<NodeStatus> nodes() {
        requireReady();
        long now = nanoTime.getAsLong();
        return lives.present().stream()
                .map(life -> new NodeStatus(
                        life.registration(),
                        lives.alive(life, now),
                        life.left(),
                        life.silentNanos(now).map(Duration::ofNanos)))
                .toList();
    }

    private Optional<Chain> propose(ChainState state, long now) {
        if (state.proposed().isPresent()) {
            return state.proposed();
        }
        boolean awaits = state.recorded()
                .filter(chain -> ChainPlanner.awaitsRevival(chain, lives.states(state.id(), false, now)))
                .isPresent();
        long awaited = state.nanosAwaitingRevival(awaits, now);
        NodeStates nodes = lives.states(
                state.id(), awaits && awaited >= rules.reviveGrace().toNanos(), now);
        Wish wish = wishes.get(state.id());
        Decision decision = new ChainPlanner(wish.length())
                .next(state.id(), state.recorded(), wish.eligible(state.recorded(), nodes));
        state.note(decision.reason());
        if (decision instanceof Change change) {
            state.recorded().ifPresent(before -> state.note(wish.reason(before, change)));
            state.propose(change.chain());
        }
        return state.proposed();
    }

    private LeaseGrant lease(Life life, long now) {
        NodeId node = life.registration().node();
        Incarnation incarnation = life.registration().incarnation();
        boolean condemned = chains.values().stream()
                .anyMatch(chain -> chain.condemns(node, incarnation) || dismisses(chain, node, incarnation, now));
        if (life.left() || life.retired() || condemned) {
            return new LeaseGrant(Duration.ZERO, rules.heartbeat(), configurations(), rightsVersion.getAsLong());
        }
        // A pause since this call began may have outlasted the leadership, so check it again. The lease is counted from
        // before.
        requireLeadership.run();
        life.leased(now);
        // A change that is answered later than this is answered after the lease began.
        long rights = rightsVersion.getAsLong();
        return new LeaseGrant(rules.lease(), rules.heartbeat(), configurations(), rights);
    }

    private boolean dismisses(ChainState state, NodeId node, Incarnation incarnation, long now) {
        return state.recorded()
                .filter(chain -> chain.has(node, incarnation))
                .filter(chain -> wishes.get(state.id()).dismisses(node, chain, lives.states(state.id(), false, now)))
                .isPresent();
    }

    private List<Chain> configurations() {
        return chains.values().stream()
                .flatMap(chain -> chain.recorded().stream())
                .toList();
    }

    private ChainStatus status(ChainState state, long now) {
        return new ChainStatus(
                state.id(),
                state.recorded(),
                wishes.get(state.id()),
                state.note(),
                status(state, Chain::members, now),
                status(state, Chain::learners, now));
    }

    private List<ChainStatus.MemberStatus> status(ChainState state, Function<Chain, List<Member>> who, long now) {
        return state.recorded().stream()
                .flatMap(chain -> who.apply(chain).stream())
                .map(member -> {
                    Optional<Life> life = lives.find(member.node(), member.incarnation());
                    return new ChainStatus.MemberStatus(
                            member,
                            life.filter(each -> lives.alive(each, now)).isPresent(),
                            life.filter(each -> lives.mayAct(each, now)).isPresent(),
                            life.filter(each -> each.silentNanos(now).isPresent())
                                    .map(each -> Duration.ofNanos(each.nanosSinceLease(now))),
                            life.flatMap(each -> each.report(state.id())));
                })
                .toList();
    }

    private void tellOfReplacement(Life before, Registration registration, long now) {
        Registration former = before.registration();
        if (former.incarnation().equals(registration.incarnation())) {
            return;
        }
        boolean alternating = lives.replaced(registration.incarnation());
        boolean quiet =
                warnedAt.filter(at -> now - at < BETWEEN_WARNINGS.toNanos()).isPresent();
        if (alternating && !quiet) {
            warnedAt = Optional.of(now);
            LOG.log(
                    Level.WARNING,
                    "two processes claim to be node {0}: one at {1} and one at {2};"
                            + " set a different craq.node.id for one of them",
                    registration.node(),
                    former.grpcAddress(),
                    registration.grpcAddress());
        } else if (!alternating) {
            LOG.log(
                    Level.INFO,
                    "node {0} has restarted at {1}; it was at {2} before",
                    registration.node(),
                    registration.grpcAddress(),
                    former.grpcAddress());
        }
    }

    private void requireReady() {
        requireLeadership.run();
        if (!ready()) {
            throw new CraqException(
                    ErrorCode.MANAGER_UNAVAILABLE,
                    "the manager has just become the leader and is reading its database");
        }
    }
}
