package org.craq.core.chain;

import java.util.Objects;

/**
 * What a node tells the manager of one of its members.
 *
 * @param epoch the epoch it acts in, {@link Epoch#NONE} for none
 * @param lastEpoch birth epoch of its last entry
 * @param last its last entry
 * @param settled up to here its entries are committed and older than the time for which write ids are kept
 * @param complete its prepared mark has reached its predecessor's log in this incarnation
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
