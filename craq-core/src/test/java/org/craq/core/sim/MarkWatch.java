package org.craq.core.sim;

import org.craq.core.chain.NodeId;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Seq;
import org.craq.core.replica.Replica;

/**
 * Checks one member's marks after each of its events: while it is complete, commit <= prepared <= durable <= last and
 * its prepared mark does not fall; the commit mark never falls at all. (A new head and members behind it may drop
 * entries that are not prepared.)
 */
final class MarkWatch {
    private final NodeId node;
    private final Replica replica;
    private Seq commit = Seq.NONE;
    private Seq prepared = Seq.NONE;
    private boolean complete;

    MarkWatch(NodeId node, Replica replica) {
        this.node = node;
        this.replica = replica;
    }

    void check() {
        ReplicaReport report = replica.report();
        notBelow("commit mark", report.commit(), commit);
        if (complete && report.complete()) {
            notBelow("prepared mark", report.prepared(), prepared);
        }
        if (report.complete()) {
            ordered("commit", report.commit(), "prepared", report.prepared());
            ordered("prepared", report.prepared(), "durable", replica.durable());
            ordered("durable", replica.durable(), "last", report.last());
        }
        commit = report.commit();
        prepared = report.prepared();
        complete = report.complete();
    }

    private void notBelow(String what, Seq now, Seq before) {
        if (before.isAfter(now)) {
            throw new Violation(node + ": " + what + " fell from " + before + " to " + now);
        }
    }

    private void ordered(String lower, Seq low, String higher, Seq high) {
        if (low.isAfter(high)) {
            throw new Violation(node + ": " + lower + " mark " + low + " lies above " + higher + " mark " + high);
        }
    }
}
