package org.craq.core.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainPlanner;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeState;
import org.craq.core.chain.NodeStates;

/** Falsifies the planner's decisions, for the flaws located there; does nothing without one. */
final class FlawedPlanning {
    private final World world;

    FlawedPlanning(World world) {
        this.world = world;
    }

    /** Returns the change that is made, if any. */
    Optional<Chain> planned(Optional<Chain> recorded, ChainPlanner.Decision decision, NodeStates nodes) {
        if (world.has(Flaw.SECOND_PROMOTED_BEHIND_INCOMPLETE) && recorded.isPresent()) {
            Optional<Chain> second = second(recorded.get(), nodes);
            if (second.isPresent()) {
                return second;
            }
        }
        return decision instanceof ChainPlanner.Change change
                ? Optional.of(changed(recorded, change.chain(), nodes))
                : Optional.empty();
    }

    private Chain changed(Optional<Chain> recorded, Chain next, NodeStates nodes) {
        if (world.has(Flaw.COMPLETE_ON_JOIN)) {
            return withMembers(next, next.members().stream().map(Member::asComplete));
        }
        boolean revived = recorded.isPresent()
                && next.members().stream().noneMatch(recorded.get().members()::contains);
        if (world.has(Flaw.REVIVED_BY_ANYONE) && revived) {
            return withMembers(
                    next,
                    nodes.nodes().stream()
                            .filter(NodeState::alive)
                            .sorted(Comparator.comparing(NodeState::last))
                            .map(node -> member(node, true))
                            .limit(world.settings().chainLength()));
        }
        return next;
    }

    private Optional<Chain> second(Chain chain, NodeStates nodes) {
        boolean room = chain.members().size() < world.settings().chainLength();
        if (chain.tail().complete() || !room) {
            return Optional.empty();
        }
        return nodes.nodes().stream()
                .filter(node -> node.alive() && node.epoch().equals(Epoch.NONE))
                .filter(node -> chain.member(node.node()).isEmpty())
                .findFirst()
                .map(node -> {
                    List<Member> members = new ArrayList<>(chain.members());
                    members.add(member(node, false));
                    return new Chain(chain.id(), chain.epoch().next(), members, chain.revision() + 1);
                });
    }

    private static Member member(NodeState node, boolean complete) {
        return new Member(node.node(), node.incarnation(), node.grpcAddress(), node.httpUrl(), complete);
    }

    private static Chain withMembers(Chain chain, Stream<Member> members) {
        return new Chain(
                chain.id(), chain.epoch(), members.toList(), chain.learners(), chain.revision(), chain.horizon());
    }
}
