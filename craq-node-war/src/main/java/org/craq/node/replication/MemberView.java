package org.craq.node.replication;

import java.util.Optional;
import java.util.OptionalLong;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Seq;

/**
 * A snapshot of a member for other threads.
 *
 * @param forgotten the log may lack entries up to this one
 * @param servesUntil end of the time for which it may answer, by {@link System#nanoTime}
 * @param failure why the member has failed; empty if it has not
 */
public record MemberView(
        Optional<Chain> chain,
        ReplicaReport report,
        Seq durable,
        Seq forgotten,
        OptionalLong servesUntil,
        String failure) {
    /** True when the member may answer at this moment. */
    public boolean serves() {
        return failure.isEmpty() && servesUntil.isPresent() && servesUntil.getAsLong() - System.nanoTime() > 0;
    }
}
