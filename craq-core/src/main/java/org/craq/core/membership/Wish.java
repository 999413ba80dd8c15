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
 * What people want of a chain; the planner is given it with everything else that it looks at. Immutable; recorded before it
 * counts.
 *
 * @param length how many members the chain should have
 * @param wanted nodes that are to be taken before others
 * @param unwanted nodes that are to be removed, and not to be taken again
 * @param revision 0: nobody has asked for anything, the settings hold
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

    /** What holds as long as nobody has asked for anything. */
    public static Wish first(ChainId chain, int length) {
        return new Wish(chain, length, Set.of(), Set.of(), 0);
    }

    /** With room for all present members and this node, also if it was unwanted before. */
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

    /** With a place less. */
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
     * True for a node that is to give up its place now: it gets no lease any more, and the planner removes it when its last
     * one has ended. An unwanted member stays as long as no wanted one that is complete is up.
     */
    public boolean dismisses(NodeId node, Chain present, NodeStates nodes) {
        if (!unwanted.contains(node)) {
            return false;
        }
        boolean learner =
                present.learners().stream().anyMatch(each -> each.node().equals(node));
        return learner || staying(present).anyMatch(each -> each.complete() && up(each, nodes));
    }

    /** Members that nobody wants to be removed. */
    public Stream<Member> staying(Chain present) {
        return present.members().stream().filter(each -> !unwanted.contains(each.node()));
    }

    public static boolean up(Member member, NodeStates nodes) {
        return nodes.nodes().stream().anyMatch(state -> state.alive() && member.is(state.node(), state.incarnation()));
    }

    /**
     * The nodes as the planner should see them: without those that it must not take, and, while a wanted one waits for a
     * place, without others that might be taken instead.
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

    /** Why a change comes: what people asked for tells more than the lease that ended by it. */
    public String reason(Chain before, Change change) {
        return before.members().stream()
                .map(Member::node)
                .filter(node ->
                        unwanted.contains(node) && change.chain().member(node).isEmpty())
                .findFirst()
                .map(node -> node + " is removed, as was asked for")
                .orElse(change.reason());
    }

    /** The nodes as they will be when the last leases of those that this wish dismisses have ended. */
    public NodeStates afterDismissal(Chain present, NodeStates nodes) {
        Set<Incarnation> mayAct = new HashSet<>(nodes.mayAct());
        present.line().stream()
                .filter(member -> dismisses(member.node(), present, nodes))
                .forEach(member -> mayAct.remove(member.incarnation()));
        return new NodeStates(nodes.nodes(), mayAct, nodes.graceOver());
    }
}
