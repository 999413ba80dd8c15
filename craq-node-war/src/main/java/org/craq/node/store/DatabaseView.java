package org.craq.node.store;

import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * What a database knows of a node, to compare with the {@link StoreMark} on the node's disk.
 *
 * @param history identifies the line of changes that the database belongs to; empty before a node has started with it
 * @param changes number of transactions that changed the node's logs or the locations of its chunks; never decreases in
 *     one database
 * @param holdsLog false when the database knows no member of this node
 */
public record DatabaseView(Optional<UUID> history, long changes, boolean holdsLog) {
    public DatabaseView {
        Objects.requireNonNull(history);
    }
}
