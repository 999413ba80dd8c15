package org.craq.core.chain;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A chain's configuration in one epoch: its members in order, head first. Immutable; a change is a new value.
 *
 * @param revision counts every change, also those within an epoch (a member recorded complete)
 */
public record Chain(ChainId id, Epoch epoch, List<Member> members, long revision) {
    public Chain {
        Objects.requireNonNull(id);
        Objects.requireNonNull(epoch);
        members = List.copyOf(members);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("chain " + id + " needs at least one member");
        }
        Set<NodeId> nodes = new HashSet<>();
        for (Member member : members) {
            if (!nodes.add(member.node())) {
                throw new IllegalArgumentException("node " + member.node() + " stands twice in chain " + id);
            }
        }
    }

    public Member head() {
        return members.get(0);
    }

    public Member tail() {
        return members.get(members.size() - 1);
    }

    public Optional<Member> member(NodeId node) {
        return members.stream().filter(member -> member.node().equals(node)).findFirst();
    }

    /** True when the node holds a place under exactly this incarnation. */
    public boolean has(NodeId node, Incarnation incarnation) {
        return member(node).filter(member -> member.is(node, incarnation)).isPresent();
    }

    public Optional<Member> predecessor(NodeId node) {
        int place = place(node);
        return place > 0 ? Optional.of(members.get(place - 1)) : Optional.empty();
    }

    public Optional<Member> successor(NodeId node) {
        int place = place(node);
        return place >= 0 && place + 1 < members.size() ? Optional.of(members.get(place + 1)) : Optional.empty();
    }

    /** Empty for a node that is no member. */
    public Optional<Role> role(NodeId node) {
        int place = place(node);
        if (place < 0) {
            return Optional.empty();
        }
        if (members.size() == 1) {
            return Optional.of(Role.ONLY);
        }
        return Optional.of(place == 0 ? Role.HEAD : place == members.size() - 1 ? Role.TAIL : Role.MIDDLE);
    }

    private int place(NodeId node) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).node().equals(node)) {
                return i;
            }
        }
        return -1;
    }
}
