package org.craq.core.sim;

/** The steps of a write at which a member may be stopped. */
enum Step {
    /** An entry is in memory. */
    RECEIVED,
    /** All content of a batch is present. */
    STORED,
    /** Its content is forced, its metadata not yet committed. */
    FORCED,
    /** Its metadata is committed, but not yet reported. */
    COMMITTED,
    /** An entry was sent to the successor. */
    FORWARDED,
    /** A client's write was answered. */
    ANSWERED
}
