package org.craq.node.store;

import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * What a database knows of a node, to be held against the {@link StoreMark} on the node's disk.
 *
 * @param history names the course of changes that the database is a part of; empty before a node has started with it
 * @param changes how many transactions have changed the node's logs, or where its chunks lie; it never falls in one database
 * @param holdsLog false when it knows of no member of this node
 */
public record DatabaseView(Optional<UUID> history, long changes, boolean holdsLog) {
    public DatabaseView {
        Objects.requireNonNull(history);
    }
}
