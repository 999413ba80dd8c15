package org.craq.core.sim;

/** Where in the life of a write a member may be stopped. */
enum Step {
    /** An entry is in memory. */
    RECEIVED,
    /** All content of a batch is present. */
    STORED,
    /** Its content is forced, its metadata not committed. */
    FORCED,
    /** Its metadata is committed, nobody was told. */
    COMMITTED,
    /** An entry was sent on. */
    FORWARDED,
    /** A client's write was answered. */
    ANSWERED
}
