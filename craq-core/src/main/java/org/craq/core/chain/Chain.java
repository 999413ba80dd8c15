package org.craq.core.chain;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A chain's configuration in one epoch: its members in order, head first, and behind the tail whoever is catching up.
 * Immutable; a change is a new value.
 *
 * @param learners at most one; comes and goes without a new epoch
 * @param revision counts every change, also those within an epoch (a member recorded complete)
 * @param horizon at or below it members forget tombstones and versions that retention has given up; never falls
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
                throw new IllegalArgumentException("node " + member.node() + " stands twice in chain " + id);
            }
        }
    }

    /** A configuration without learners that has forgotten nothing. */
    public Chain(ChainId id, Epoch epoch, List<Member> members, long revision) {
        this(id, epoch, members, List.of(), revision, Seq.NONE);
    }

    private static List<Member> line(List<Member> members, List<Member> learners) {
        return Stream.concat(members.stream(), learners.stream()).toList();
    }

    /** Everyone who takes the log, in order: members, then learners. */
    public List<Member> line() {
        return line(members, learners);
    }

    public Member head() {
        return members.get(0);
    }

    public Member tail() {
        return members.get(members.size() - 1);
    }

    /** The place of a node, as member or learner. */
    public Optional<Member> member(NodeId node) {
        return at(place(node));
    }

    /** True when the node holds a place under exactly this incarnation. */
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

    /** Empty for a node that is no member. */
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

    /** Negative for a node that has none. */
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
