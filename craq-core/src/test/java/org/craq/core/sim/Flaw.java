package org.craq.core.sim;

/** Ways to drive the protocol wrongly. The simulation must find each of them out. */
enum Flaw {
    /** The lease is not looked at again between the work for a read and its answer. */
    LEASE_NOT_CHECKED_AGAIN,
    /** A lease, once granted, never ends for the node. */
    LEASE_NEVER_ENDS,
    /** A lease is counted from the arrival of its grant. */
    LEASE_COUNTED_FROM_ANSWER,
    /** A read of a dirty file is answered from the mark that is known here. */
    TAIL_NOT_ASKED,
    /** A read shares the answer to a version query that was sent before the read began. */
    SENT_QUERY_SHARED,
    /** A read is answered with the newest durable version, committed or not. */
    DIRTY_VERSION_READ,
    /** An entry is reported durable when its force has only begun. */
    PERSISTED_TOO_EARLY,
    /** A force that covers some entries is credited to those that came while it was under way. */
    FORCE_CREDITED_TO_LATER,
    /** A write is answered when the head has given it a place. */
    ANSWERED_WHEN_PLACED,
    /** The database is not asked for the former entry of a write id. */
    WRITE_ID_FORGOTTEN,
    /** What the log no longer holds is left on disk. */
    NOT_TRUNCATED,
    /** A starting node drops what lies above the commit mark on its disk. */
    DROPPED_AT_START,
    /** A successor's log is taken for a part of its predecessor's, by length alone. */
    COMMON_BY_LENGTH,
    /** A joining member is taken for complete as soon as its stream is open. */
    COMPLETE_ON_CONNECT,
    /** A member that joins is recorded as complete at once. */
    COMPLETE_ON_JOIN,
    /** A silent node is removed while its lease may still run. */
    REMOVED_BEFORE_LEASE_ENDS,
    /** A chain that was down begins again with any node that is up, with the shortest log first. */
    REVIVED_BY_ANYONE
}
