package org.craq.node.replication;

import java.time.Duration;
import java.util.Objects;
import org.craq.node.metadata.RetentionTable;

/**
 * What a node keeps; the rules are the same on every node of a chain.
 *
 * @param table the table on which retention works
 * @param versions number of newest clean versions of a file, including tombstones, that keep their contents
 * @param window how long write ids and tombstones are kept. A client may retry a write for that long, and a node that is absent no
 *     longer than that can catch up without a full resync
 */
public record RetentionRules(RetentionTable table, int versions, Duration window) {
    public RetentionRules {
        Objects.requireNonNull(table);
        Objects.requireNonNull(window);
        if (versions < 1) {
            throw new IllegalArgumentException("at least one version of each file must be kept, not " + versions);
        }
    }
}
