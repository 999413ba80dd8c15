package org.craq.core.chain;

import java.util.Objects;
import java.util.Optional;

/**
 * What the planner knows about a registered node in its current incarnation.
 *
 * @param alive heard from recently, not leaving, and never removed from a chain under this incarnation
 * @param report its last report on the chain in question; empty if it holds nothing of that chain
 */
public record NodeState(
        NodeId node,
        Incarnation incarnation,
        String grpcAddress,
        String httpUrl,
        boolean alive,
        Optional<ReplicaReport> report) {
    public NodeState {
        Objects.requireNonNull(node);
        Objects.requireNonNull(incarnation);
        Objects.requireNonNull(grpcAddress);
        Objects.requireNonNull(httpUrl);
        Objects.requireNonNull(report);
    }

    /** Returns true if its log of the chain holds no entry. */
    public boolean empty() {
        return last().equals(Seq.NONE);
    }

    public Seq last() {
        return report.map(ReplicaReport::last).orElse(Seq.NONE);
    }

    public Epoch lastEpoch() {
        return report.map(ReplicaReport::lastEpoch).orElse(Epoch.NONE);
    }

    /** Returns the epoch that this incarnation acts in. */
    public Epoch epoch() {
        return report.map(ReplicaReport::epoch).orElse(Epoch.NONE);
    }

    Member asMember(boolean complete) {
        return new Member(node, incarnation, grpcAddress, httpUrl, complete);
    }
}
