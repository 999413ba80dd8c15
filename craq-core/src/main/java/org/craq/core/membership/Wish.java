package org.craq.core.membership;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.ChainPlanner.Change;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.NodeState;
import org.craq.core.chain.NodeStates;

/**
 * What administrators have requested for a chain; the planner takes it into account with everything else. Immutable;
 * recorded before it takes effect.
 *
 * @param length how many members the chain should have
 * @param wanted nodes that are to be admitted before others
 * @param unwanted nodes that are to be removed and not admitted again
 * @param revision 0 if nothing has been requested, so that the settings apply
 */
public record Wish(ChainId chain, int length, Set<NodeId> wanted, Set<NodeId> unwanted, long revision) {
    public Wish {
        Objects.requireNonNull(chain);
        wanted = Set.copyOf(wanted);
        unwanted = Set.copyOf(unwanted);
        if (length < 1) {
            throw new IllegalArgumentException("a chain has at least one member: " + length);
        }
        if (wanted.stream().anyMatch(unwanted::contains)) {
            throw new IllegalArgumentException("a node is wanted and unwanted at once");
        }
    }

    /** Returns the wish that applies until something is requested. */
    public static Wish first(ChainId chain, int length) {
        return new Wish(chain, length, Set.of(), Set.of(), 0);
    }

    /** Returns a wish with room for all current members and this node, even if it was unwanted before. */
    public Wish with(NodeId node, Chain present) {
        Set<NodeId> asked = new TreeSet<>(wanted);
        asked.add(node);
        Set<NodeId> others = without(unwanted, node);
        long places = Stream.concat(present.line().stream().map(Member::node), asked.stream())
                .filter(each -> !others.contains(each))
                .distinct()
                .count();
        return new Wish(chain, Math.max(length, (int) places), asked, others, revision + 1);
    }

    /** Returns a wish with one place fewer, that no longer wants this node. */
    public Wish without(NodeId node) {
        Set<NodeId> refused = new TreeSet<>(unwanted);
        refused.add(node);
        return new Wish(chain, Math.max(1, length - 1), without(wanted, node), refused, revision + 1);
    }

    private static Set<NodeId> without(Set<NodeId> nodes, NodeId node) {
        Set<NodeId> rest = new TreeSet<>(nodes);
        rest.remove(node);
        return rest;
    }

    /**
     * Returns true for a node that must leave its place now: it gets no more leases, and the planner removes it once
     * its last one has ended. An unwanted member stays until another complete member that is not unwanted is up.
     */
    public boolean dismisses(NodeId node, Chain present, NodeStates nodes) {
        if (!unwanted.contains(node)) {
            return false;
        }
        boolean learner =
                present.learners().stream().anyMatch(each -> each.node().equals(node));
        return learner || staying(present).anyMatch(each -> each.complete() && up(each, nodes));
    }

    /** Returns the members that are not unwanted. */
    public Stream<Member> staying(Chain present) {
        return present.members().stream().filter(each -> !unwanted.contains(each.node()));
    }

    public static boolean up(Member member, NodeStates nodes) {
        return nodes.nodes().stream().anyMatch(state -> state.alive() && member.is(state.node(), state.incarnation()));
    }

    /**
     * Returns the nodes as the planner should see them: without those that must not be admitted and, while a wanted
     * node waits for a place, without others that might be admitted instead.
     */
    public NodeStates eligible(Optional<Chain> present, NodeStates nodes) {
        boolean wantedWaits = present.isPresent()
                && nodes.nodes().stream()
                        .anyMatch(state ->
                                state.alive() && wanted.contains(state.node()) && !member(present, state.node()));
        List<NodeState> eligible = nodes.nodes().stream()
                .filter(state -> member(present, state.node()) || mayEnter(state.node(), present, wantedWaits))
                .toList();
        return new NodeStates(eligible, nodes.mayAct(), nodes.graceOver());
    }

    private boolean mayEnter(NodeId node, Optional<Chain> present, boolean wantedWaits) {
        boolean learner = present.filter(chain -> holds(chain.learners(), node)).isPresent();
        return !unwanted.contains(node) && (!wantedWaits || learner || wanted.contains(node));
    }

    private static boolean member(Optional<Chain> present, NodeId node) {
        return present.filter(chain -> holds(chain.members(), node)).isPresent();
    }

    private static boolean holds(List<Member> places, NodeId node) {
        return places.stream().anyMatch(each -> each.node().equals(node));
    }

    /** Returns the reason for a change. A request explains more than the lease that ended because of it. */
    public String reason(Chain before, Change change) {
        return before.members().stream()
                .map(Member::node)
                .filter(node ->
                        unwanted.contains(node) && change.chain().member(node).isEmpty())
                .findFirst()
                .map(node -> node + " is removed as requested")
                .orElse(change.reason());
    }

    /** Returns the nodes as they will be once the last leases of the nodes dismissed by this wish have ended. */
    public NodeStates afterDismissal(Chain present, NodeStates nodes) {
        Set<Incarnation> mayAct = new HashSet<>(nodes.mayAct());
        present.line().stream()
                .filter(member -> dismisses(member.node(), present, nodes))
                .forEach(member -> mayAct.remove(member.incarnation()));
        return new NodeStates(nodes.nodes(), mayAct, nodes.graceOver());
    }
}
