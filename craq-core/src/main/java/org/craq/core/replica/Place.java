package org.craq.core.replica;

import java.util.Optional;
import org.craq.core.chain.Chain;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Role;

/**
 * The place of one incarnation of a node in its chain, according to the newest configuration that it adopted.
 *
 * <p>States: none -> held (replaced with every configuration) -> lost, which is final.
 */
final class Place {
    private final NodeId self;
    private final Incarnation incarnation;
    private Optional<Chain> chain = Optional.empty();
    private boolean lost;

    Place(NodeId self, Incarnation incarnation) {
        this.self = self;
        this.incarnation = incarnation;
    }

    /** Returns true if the configuration includes this incarnation. */
    boolean isIn(Chain configuration) {
        return configuration.has(self, incarnation);
    }

    void take(Chain configuration) {
        chain = Optional.of(configuration);
    }

    void lose() {
        chain = Optional.empty();
        lost = true;
    }

    boolean isHeld() {
        return chain.isPresent();
    }

    boolean isLost() {
        return lost;
    }

    Incarnation incarnation() {
        return incarnation;
    }

    /** Returns the configuration adopted last; empty without a place. */
    Optional<Chain> chain() {
        return chain;
    }

    /** Returns the epoch; {@link Epoch#NONE} without a place. */
    Epoch epoch() {
        return chain.map(Chain::epoch).orElse(Epoch.NONE);
    }

    Optional<Role> role() {
        return chain.flatMap(now -> now.role(self));
    }

    boolean isHead() {
        return chain.filter(now -> now.head().node().equals(self)).isPresent();
    }

    boolean isTail() {
        return chain.filter(now -> now.tail().node().equals(self)).isPresent();
    }

    boolean isLearner() {
        return role().filter(Role.LEARNER::equals).isPresent();
    }

    Optional<Member> predecessor() {
        return chain.flatMap(now -> now.predecessor(self));
    }

    /** Returns true if the other node is the direct successor, under exactly this incarnation. */
    boolean precedes(NodeId other, Incarnation otherIncarnation) {
        return chain.flatMap(now -> now.successor(self))
                .filter(next -> next.is(other, otherIncarnation))
                .isPresent();
    }

    /** Returns true if the other node is a member of the same chain, under exactly this incarnation. */
    boolean isShared(NodeId other, Incarnation otherIncarnation) {
        return chain.filter(now -> now.has(other, otherIncarnation)).isPresent();
    }
}
