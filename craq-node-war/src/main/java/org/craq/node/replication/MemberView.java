package org.craq.node.replication;

import java.util.Optional;
import java.util.OptionalLong;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Seq;

/**
 * The member as other threads may see it.
 *
 * @param forgotten at or below it the log may lack entries
 * @param servesUntil by {@link System#nanoTime}
 * @param failure why it takes no part any more; empty while it does
 */
public record MemberView(
        Optional<Chain> chain,
        ReplicaReport report,
        Seq durable,
        Seq forgotten,
        OptionalLong servesUntil,
        String failure) {
    /** True while it may answer, at this moment. */
    public boolean serves() {
        return failure.isEmpty() && servesUntil.isPresent() && servesUntil.getAsLong() - System.nanoTime() > 0;
    }
}
