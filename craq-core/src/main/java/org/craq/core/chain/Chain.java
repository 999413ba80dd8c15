package org.craq.core.chain;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A chain's configuration in one epoch: its members in order, head first, and the learner that is catching up behind
 * the tail, if any. Immutable; every change creates a new value.
 *
 * @param learners at most one; may come and go within an epoch
 * @param revision counts every change, including those within an epoch (such as recording a member as complete)
 * @param horizon seq at or below which members forget tombstones and pruned versions; never falls
 */
public record Chain(ChainId id, Epoch epoch, List<Member> members, List<Member> learners, long revision, Seq horizon) {
    public Chain {
        Objects.requireNonNull(id);
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(horizon);
        members = List.copyOf(members);
        learners = List.copyOf(learners);
        if (learners.size() > 1) {
            throw new IllegalArgumentException("chain " + id + " has more than one learner");
        }
        if (members.isEmpty()) {
            throw new IllegalArgumentException("chain " + id + " needs at least one member");
        }
        Set<NodeId> nodes = new HashSet<>();
        for (Member member : line(members, learners)) {
            if (!nodes.add(member.node())) {
                throw new IllegalArgumentException("node " + member.node() + " appears twice in chain " + id);
            }
        }
    }

    /** Creates a configuration without learners in which nothing has been forgotten. */
    public Chain(ChainId id, Epoch epoch, List<Member> members, long revision) {
        this(id, epoch, members, List.of(), revision, Seq.NONE);
    }

    private static List<Member> line(List<Member> members, List<Member> learners) {
        return Stream.concat(members.stream(), learners.stream()).toList();
    }

    /** Returns all that receive the log, in order: members, then learners. */
    public List<Member> line() {
        return line(members, learners);
    }

    public Member head() {
        return members.get(0);
    }

    public Member tail() {
        return members.get(members.size() - 1);
    }

    /** Returns the place of a node, as member or learner. */
    public Optional<Member> member(NodeId node) {
        return at(place(node));
    }

    /** Returns true if the node holds a place under exactly this incarnation. */
    public boolean has(NodeId node, Incarnation incarnation) {
        return member(node).filter(member -> member.is(node, incarnation)).isPresent();
    }

    public Optional<Member> predecessor(NodeId node) {
        return at(place(node) - 1);
    }

    public Optional<Member> successor(NodeId node) {
        int place = place(node);
        return place < 0 ? Optional.empty() : at(place + 1);
    }

    /** Returns the role of a node; empty if it is not in the chain. */
    public Optional<Role> role(NodeId node) {
        int place = place(node);
        if (place < 0) {
            return Optional.empty();
        }
        if (place >= members.size()) {
            return Optional.of(Role.LEARNER);
        }
        if (members.size() == 1) {
            return Optional.of(Role.ONLY);
        }
        return Optional.of(place == 0 ? Role.HEAD : place == members.size() - 1 ? Role.TAIL : Role.MIDDLE);
    }

    private Optional<Member> at(int place) {
        if (place < 0 || place >= members.size() + learners.size()) {
            return Optional.empty();
        }
        return Optional.of(place < members.size() ? members.get(place) : learners.get(place - members.size()));
    }

    /** Returns the index of a node in the line; negative if it is not in the chain. */
    private int place(NodeId node) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).node().equals(node)) {
                return i;
            }
        }
        for (int i = 0; i < learners.size(); i++) {
            if (learners.get(i).node().equals(node)) {
                return members.size() + i;
            }
        }
        return Integer.MIN_VALUE;
    }
}
