package org.craq.core.chain;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * All nodes at one moment, as the planner sees them for one chain.
 *
 * @param nodes the current incarnation of each registered node, at most one per node
 * @param mayAct every incarnation whose lease may still run, former ones included; all others stay fenced unless the
 * manager grants them a new lease
 * @param graceOver whether a chain that is down has waited long enough for the last of its complete members
 */
public record NodeStates(List<NodeState> nodes, Set<Incarnation> mayAct, boolean graceOver) {
    public NodeStates {
        nodes = List.copyOf(nodes);
        mayAct = Set.copyOf(mayAct);
        Set<NodeId> known = new TreeSet<>();
        for (NodeState state : nodes) {
            if (!known.add(state.node())) {
                throw new IllegalArgumentException("node " + state.node() + " appears twice");
            }
        }
    }

    Optional<NodeState> alive(NodeId node) {
        return nodes.stream()
                .filter(state -> state.alive() && state.node().equals(node))
                .findFirst();
    }

    /** Returns true if the member's node was heard from recently, in the incarnation that holds the place. */
    boolean lives(Member member) {
        return alive(member.node())
                .filter(state -> state.incarnation().equals(member.incarnation()))
                .isPresent();
    }

    /** Returns true if the incarnation that holds the place has certainly stopped acting. */
    boolean fenced(Member member) {
        return !mayAct.contains(member.incarnation());
    }
}
