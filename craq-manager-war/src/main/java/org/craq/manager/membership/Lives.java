package org.craq.manager.membership;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
import org.craq.manager.ManagerConfig;

/**
 * The present life of each node, and the former ones whose lease may still run. Confined to {@link Membership}, which
 * guards it. All times are of one monotonic clock, in nanoseconds.
 */
final class Lives {
    private final long leaseAndMargin;
    private final long silence;
    private final Map<NodeId, Life> present = new TreeMap<>();
    private final Map<Incarnation, Life> former = new HashMap<>();

    Lives(ManagerConfig config) {
        leaseAndMargin = config.lease().plus(config.margin()).toNanos();
        silence = config.silence().toNanos();
    }

    /**
     * What a manager that has just begun must assume: every life that is recorded anywhere may have been given a lease a
     * moment ago.
     */
    void assume(Collection<Registration> nodes, Collection<Chain> chains, long now) {
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

    void clear() {
        present.clear();
        former.clear();
    }

    Optional<Life> present(NodeId node) {
        return Optional.ofNullable(present.get(node));
    }

    Collection<Life> present() {
        return present.values();
    }

    Optional<Life> find(NodeId node, Incarnation incarnation) {
        return present(node).filter(life -> life.registration().incarnation().equals(incarnation));
    }

    /** True for an incarnation that another one took the place of not long ago. */
    boolean replaced(Incarnation incarnation) {
        return former.containsKey(incarnation);
    }

    /** Makes this the present life of its node; another one before it becomes a former life. */
    Life begin(Registration registration, long now) {
        // A life that registers again is given nothing by that: when its last lease ends stays as it was.
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

    boolean mayAct(Life life, long now) {
        return !life.left() && life.nanosSinceLease(now) < leaseAndMargin;
    }

    /** Heard of lately, and neither about to stop nor removed. */
    boolean alive(Life life, long now) {
        return !life.left()
                && !life.retired()
                && life.silentNanos(now).filter(silent -> silent < silence).isPresent();
    }

    NodeStates states(ChainId chain, boolean graceOver, long now) {
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
