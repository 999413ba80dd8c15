package org.craq.core.chain;

import java.util.Objects;

/**
 * A node's report to the manager on one of its replicas.
 *
 * @param epoch the epoch it acts in; {@link Epoch#NONE} if it has none
 * @param lastEpoch epoch in which its last entry was created
 * @param last its last entry
 * @param settled seq up to which its entries are committed and older than the time for which write ids are kept
 * @param complete whether its prepared mark has caught up with its predecessor's log in this incarnation
 */
public record ReplicaReport(
        ChainId chain,
        Epoch epoch,
        Epoch lastEpoch,
        Seq last,
        Seq prepared,
        Seq commit,
        Seq settled,
        boolean complete) {
    public ReplicaReport {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(lastEpoch);
        Objects.requireNonNull(last);
        Objects.requireNonNull(prepared);
        Objects.requireNonNull(commit);
        Objects.requireNonNull(settled);
    }
}
