package org.craq.node.store;

/** How far a database can be trusted when it does not know bytes that lie on the node's disk. */
public enum Doubt {
    /**
     * The database has everything that the disk has seen it record: bytes that it lacks were most likely never in a
     * log.
     */
    NONE,
    /** Nothing on the disk says which database belongs to it, as before the first start that wrote a mark. */
    UNPROVEN,
    /** An older copy or a different database, accepted by an operator: any byte on the disk may still be needed. */
    OLD,
    /**
     * The database knows nothing of this node. Treated like {@link #OLD}; in addition, the contents in the segments can
     * be salvaged when the chain's log asks for them, see {@link Salvage}.
     */
    LOST
}
