package org.craq.node.replication;

import java.time.Duration;
import java.util.Objects;
import org.craq.node.metadata.RetentionTable;

/**
 * What a node keeps; the same on every node of a chain.
 *
 * @param table where it is carried out
 * @param versions how many of a file's clean versions, tombstones included, keep their content
 * @param window how long write ids and tombstones are kept: a client may repeat a write that long, and a node may be away
 *     that long without having to begin anew
 */
public record RetentionRules(RetentionTable table, int versions, Duration window) {
    public RetentionRules {
        Objects.requireNonNull(table);
        Objects.requireNonNull(window);
        if (versions < 1) {
            throw new IllegalArgumentException("of each file at least one version is kept, not " + versions);
        }
    }
}
