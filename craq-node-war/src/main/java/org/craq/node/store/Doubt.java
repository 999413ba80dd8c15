package org.craq.node.store;

/** How far a database is to be believed, when it knows nothing of bytes that lie on the node's disk. */
public enum Doubt {
    /** The database knows all that the disk has seen it know: what it lacks was most likely never in a log. */
    NONE,
    /** Nothing on the disk says which database belongs to it, as before the first start with a mark. */
    UNPROVEN,
    /** It is an older copy, or another one, and is used because somebody wants it: any byte on the disk may be wanted again. */
    OLD,
    /** It knows nothing of this node at all: as {@link #OLD}, and what lies in the segments is offered to the chain's log. */
    LOST
}
