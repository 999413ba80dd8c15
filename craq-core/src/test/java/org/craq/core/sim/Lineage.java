package org.craq.core.sim;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;

/**
 * The sequence of configurations, each derived from the one before. Within an epoch only completeness grows and
 * learners change. The next epoch removes a member, makes a learner its tail, or brings back complete members after all
 * of them were down. A head is always complete, only a tail may be incomplete, and no incarnation that was removed
 * returns.
 */
final class Lineage {
    private final Set<Incarnation> removed = new HashSet<>();

    /** Checks a configuration that is being recorded. */
    void follows(Optional<Chain> before, Chain next) {
        require(next.head().complete(), "a head that is not complete", next);
        require(
                next.members().stream().limit(next.members().size() - 1L).allMatch(Member::complete),
                "an incomplete member that is not the tail",
                next);
        require(
                next.line().stream().noneMatch(member -> removed.contains(member.incarnation())),
                "an incarnation that was removed",
                next);
        before.ifPresentOrElse(
                former -> follows(former, next),
                () -> require(
                        next.epoch().value() == 1 && next.revision() == 1, "a wrong first epoch or revision", next));
    }

    private void follows(Chain former, Chain next) {
        require(next.revision() == former.revision() + 1, "a gap in the revisions", next);
        if (next.epoch().equals(former.epoch())) {
            require(places(former).equals(places(next)), "other members in the same epoch", next);
            require(complete(next).containsAll(complete(former)), "a member that is no longer complete", next);
        } else {
            require(next.epoch().equals(former.epoch().next()), "a gap in the epochs", next);
            Set<Incarnation> complete = new HashSet<>(complete(former));
            boolean revival = !former.has(next.head().node(), next.head().incarnation());
            if (revival) {
                Set<NodeId> held = new HashSet<>();
                former.members().stream()
                        .filter(Member::complete)
                        .map(Member::node)
                        .forEach(held::add);
                require(
                        next.members().stream()
                                .allMatch(member -> former.has(member.node(), member.incarnation())
                                        ? !member.complete()
                                        : held.contains(member.node())),
                        "members other than the former complete ones after a revival",
                        next);
            } else {
                require(
                        next.members().stream()
                                .filter(Member::complete)
                                .map(Member::incarnation)
                                .allMatch(complete::contains),
                        "a member that became complete by a change of epoch",
                        next);
                require(
                        next.members().stream().allMatch(member -> former.has(member.node(), member.incarnation())),
                        "a member that was neither member nor learner before",
                        next);
            }
        }
        former.line().stream()
                .filter(member -> !next.has(member.node(), member.incarnation()))
                .forEach(member -> removed.add(member.incarnation()));
    }

    private static List<Incarnation> places(Chain chain) {
        return chain.members().stream().map(Member::incarnation).toList();
    }

    private static List<Incarnation> complete(Chain chain) {
        return chain.members().stream()
                .filter(Member::complete)
                .map(Member::incarnation)
                .toList();
    }

    private static void require(boolean holds, String what, Chain next) {
        if (!holds) {
            throw new Violation("the configuration has " + what + ": " + next);
        }
    }
}
