package org.craq.core.membership;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.NodeState;
import org.craq.core.chain.NodeStates;

/**
 * The current incarnation of each node, and the former ones whose lease may still run. Not thread-safe. All times are
 * nanoseconds of one monotonic clock.
 */
public final class Lives {
    private static final int MOST_RETIRED = 1000;

    private final long leaseAndMargin;
    private final long silence;
    private final Map<NodeId, Life> present = new TreeMap<>();
    private final Map<Incarnation, Life> former = new HashMap<>();
    /** The incarnations that were removed last in this term; needed because a registration may arrive late. */
    private final Set<Incarnation> retired = new LinkedHashSet<>();

    /**
     * Creates an empty set of lives.
     *
     * @param leaseAndMargin how long after a lease was granted its holder has certainly stopped acting
     * @param silence how long after a node was last heard from it no longer counts as alive
     */
    public Lives(Duration leaseAndMargin, Duration silence) {
        this.leaseAndMargin = leaseAndMargin.toNanos();
        this.silence = silence.toNanos();
    }

    /**
     * Assumes what a manager that has just started must assume: that every recorded incarnation may have been granted a
     * lease a moment ago.
     */
    public void assume(Collection<Registration> nodes, Collection<Chain> chains, long now) {
        nodes.forEach(node -> present.put(node.node(), new Life(node, now)));
        for (Chain chain : chains) {
            for (Member member : chain.line()) {
                if (find(member.node(), member.incarnation()).isEmpty()) {
                    Registration past = new Registration(
                            member.node(),
                            member.incarnation(),
                            member.grpcAddress(),
                            member.httpUrl(),
                            Instant.EPOCH,
                            false);
                    former.put(member.incarnation(), new Life(past, now));
                }
            }
        }
    }

    /** Forgets all nodes because another manager leads. */
    public void clear() {
        present.clear();
        former.clear();
        retired.clear();
    }

    public Optional<Life> present(NodeId node) {
        return Optional.ofNullable(present.get(node));
    }

    public Collection<Life> present() {
        return present.values();
    }

    /** Returns the current life of a node if it has this incarnation. */
    public Optional<Life> find(NodeId node, Incarnation incarnation) {
        return present(node).filter(life -> life.registration().incarnation().equals(incarnation));
    }

    /** Returns true for an incarnation that another one has replaced recently. */
    public boolean replaced(Incarnation incarnation) {
        return former.containsKey(incarnation);
    }

    /** Records that a chain continues without this incarnation. */
    public void retire(NodeId node, Incarnation incarnation) {
        find(node, incarnation).ifPresent(Life::retire);
        retired.add(incarnation);
        if (retired.size() > MOST_RETIRED) {
            retired.remove(retired.iterator().next());
        }
    }

    /** Returns true for an incarnation that was removed from a chain and may not return. */
    public boolean isRetired(NodeId node, Incarnation incarnation) {
        return retired.contains(incarnation)
                || find(node, incarnation).filter(Life::retired).isPresent();
    }

    /** Makes this the current life of its node; a previous one becomes a former life. */
    public Life begin(Registration registration, long now) {
        // Registering again does not extend a lease: the end of the last one stays as it was.
        Life life = find(registration.node(), registration.incarnation())
                .or(() -> Optional.ofNullable(former.remove(registration.incarnation())))
                .orElseGet(() -> new Life(registration, now));
        life.registeredAgain(registration);
        Life before = present.put(registration.node(), life);
        if (before != null && before != life && mayAct(before, now)) {
            former.put(before.registration().incarnation(), before);
        }
        return life;
    }

    /** Returns true while a lease of this life may still run. */
    public boolean mayAct(Life life, long now) {
        return !life.left() && life.nanosSinceLease(now) < leaseAndMargin;
    }

    /** Returns true if the life was heard from recently, and is neither about to stop nor removed. */
    public boolean alive(Life life, long now) {
        return !life.left()
                && !life.retired()
                && life.silentNanos(now).filter(silent -> silent < silence).isPresent();
    }

    /**
     * Returns the lives that have been silent for longer than this and certainly no longer act, the longest silent
     * first.
     */
    public List<Life> silent(Duration longerThan, long now) {
        return present.values().stream()
                .filter(life -> life.silence(now) > longerThan.toNanos() && !alive(life, now) && !mayAct(life, now))
                .sorted(Comparator.comparingLong((Life life) -> life.silence(now))
                        .reversed())
                .toList();
    }

    /** Forgets this node. */
    public void forget(NodeId node) {
        present.remove(node);
    }

    /** Returns all nodes as the planner sees them for one chain. */
    public NodeStates states(ChainId chain, boolean graceOver, long now) {
        former.values().removeIf(life -> !mayAct(life, now));
        Set<Incarnation> mayAct = Stream.concat(present.values().stream(), former.values().stream())
                .filter(life -> mayAct(life, now))
                .map(life -> life.registration().incarnation())
                .collect(Collectors.toSet());
        List<NodeState> nodes = new ArrayList<>();
        for (Life life : present.values()) {
            Registration node = life.registration();
            nodes.add(new NodeState(
                    node.node(),
                    node.incarnation(),
                    node.grpcAddress(),
                    node.httpUrl(),
                    alive(life, now),
                    life.report(chain)));
        }
        return new NodeStates(nodes, mayAct, graceOver);
    }
}
