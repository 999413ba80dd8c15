package org.craq.core.sim;

/**
 * Ways to drive the protocol wrongly, each of which the simulation must detect. Names in quotation marks are those of
 * the same flaw in the specification.
 */
enum Flaw {
    // ---- leases ----
    /** The lease is not checked again between the work for a read and its answer. */
    LEASE_NOT_CHECKED_AGAIN,
    /** A lease, once granted, never ends for the node, as if leases were never checked. */
    LEASE_NEVER_ENDS,
    /** A lease is counted from the arrival of its grant. */
    LEASE_COUNTED_FROM_ANSWER,
    /** A silent node is removed while its lease may still run. */
    REMOVED_BEFORE_LEASE_ENDS,
    /** A node whose removal is decided is granted a lease while the decision is being written to the database. */
    LEASE_FOR_CONDEMNED,

    // ---- reads ----
    /** A read of a dirty file is answered at the mark known here. */
    TAIL_NOT_ASKED,
    /** "joinsent": a read shares the answer to a version query that was sent before the read began. */
    SENT_QUERY_SHARED,
    /** A read is answered with the newest durable version, committed or not. */
    DIRTY_VERSION_READ,
    /** A learner answers reads at the commit mark that it knows. */
    LEARNER_SERVES,
    /** The mark received last counts, even if it is lower than an earlier one. */
    MARKS_FALL,
    /** A commit mark that a member has sent to one predecessor is not sent to the next. */
    COMMIT_MARK_TOLD_ONCE,
    /** A member sends its predecessor the last entry that it has received, durable or not, as the commit mark. */
    COMMIT_MARK_OF_RECEIVED,
    /** The tail answers version queries with the last entry that it has received, durable or not. */
    TAIL_ANSWERS_RECEIVED,
    /** "resetpp": a member's prepared mark restarts at zero with each stream to its predecessor. */
    PREPARED_MARK_FORGOTTEN,

    /** A read is answered although retention has already pruned its version. */
    OUTRUN_READ_ANSWERED,
    /** A read is answered at a mark below what its session has seen. */
    SESSION_NOT_LOOKED_AT,
    /** The age of an answer is counted from the arrival of the tail's answer, not from the query. */
    AGE_COUNTED_FROM_ANSWER,
    /** The age of an answer is not checked again when it is given. */
    AGE_NOT_CHECKED_AGAIN,
    /** An eventual read shows uncommitted versions. */
    EVENTUAL_SHOWS_DIRTY,
    /** A member whose lease has ended still guarantees how many versions it may lack. */
    LAG_WITHOUT_LEASE,

    // ---- writes ----
    /** An entry is reported durable when its force has only started. */
    PERSISTED_TOO_EARLY,
    /** A force that covers some entries is credited to entries that arrived while it was in progress. */
    FORCE_CREDITED_TO_LATER,
    /** An entry counts as durable although its content is not here. */
    DURABLE_WITHOUT_CONTENT,
    /** A content is discarded by its sender although an entry that refers to it is about to be forced. */
    UNDONE_BEFORE_FORCE,
    /** A write is answered when the head has given it a place. */
    ANSWERED_WHEN_PLACED,
    /** "dirtyanswer": a former result, or a failed condition, is reported while the entry that it rests on is dirty. */
    ANSWER_RESTS_ON_DIRTY,
    /** The database is not queried for the former entry of a write id. */
    WRITE_ID_FORGOTTEN,
    /** A head regards every write id as newer than its own log. */
    WRITE_ID_TAKEN_FOR_NEW,
    /** A known write id is answered with its former result, whatever is requested with it now. */
    REQUEST_NOT_LOOKED_AT,
    /** The database does not store the request fingerprint. */
    REQUEST_NOT_KEPT,
    /** The request fingerprint stays at the head when an entry goes down the chain. */
    REQUEST_NOT_REPLICATED,
    /** A retry is regarded as a different request. */
    ATTEMPT_TAKEN_FOR_REQUEST,
    /** The write id stays at the head when an entry goes down the chain. */
    WRITE_ID_NOT_REPLICATED,
    /** The next seq is the one after the newest clean entry. */
    SEQ_FROM_CLEAN_VERSION,
    /** Conditions are checked against the newest clean version when the upload begins. */
    CONDITION_HELD_AGAINST_CLEAN,

    // ---- logs ----
    /** Entries dropped from the log are left on disk. */
    NOT_TRUNCATED,
    /** "dropatstart": a starting node drops the entries above the commit mark on its disk. */
    DROPPED_AT_START,
    /** "comdrop": a joining member falls back to its own commit mark instead of the common log. */
    FELL_BACK_TO_COMMIT_MARK,
    /** "seqonly": a successor's log is regarded as a prefix of its predecessor's because of its length alone. */
    COMMON_BY_LENGTH,
    /** A transaction of a former incarnation is accepted after the next one has read the database. */
    LATE_COMMIT_ACCEPTED,
    /** A node that cannot restart because its database does not answer is not retried. */
    REBIRTH_TRIED_ONCE,

    // ---- membership ----
    /** A joining member is regarded as complete as soon as its stream is open. */
    COMPLETE_ON_CONNECT,
    /** "comtarget": a member is complete once it has prepared what its predecessor knows to be committed. */
    COMPLETE_AT_COMMIT_MARK,
    /** "owntail": a member is complete once it has prepared the log that both had in common. */
    COMPLETE_AT_OWN_TAIL,
    /** "earlycomplete": a joining member is recorded as complete at once. */
    COMPLETE_ON_JOIN,
    /** "two": another learner becomes the tail behind one that is not complete. */
    SECOND_PROMOTED_BEHIND_INCOMPLETE,
    /** "keepinc": a removed node returns under the same incarnation, with everything that it had in memory. */
    MEMORY_KEPT_WHEN_REMOVED,
    /** A chain that was down is restarted with any node that is up, the shortest log first. */
    REVIVED_BY_ANYONE,

    // ---- retention ----
    /** A version's content is pruned when enough newer versions have followed, dirty ones included. */
    RETENTION_COUNTS_DIRTY,
    /** Pruning is recorded without the commit mark that justifies it. */
    RETENTION_WITHOUT_MARK,
    /** A content that a predecessor lacks is regarded as pruned by it. */
    MISSING_TAKEN_FOR_GIVEN_UP,
    /**
     * Tombstones are forgotten as soon as they are committed; missing entries are sent as entries without operations.
     */
    TOMBSTONE_DROPPED_ABOVE_HORIZON,
    /** A member forgets up to the horizon although its successor is still being sent entries below it. */
    FORGOTTEN_WHILE_SENT,
    /** A node that returns from below the horizon continues with its old log. */
    REBASE_SKIPPED,

    // ---- rights of users ----
    /** A node uses a lease before it has fetched the rights that the lease requires. */
    LEASE_TAKEN_BEFORE_RIGHTS,
    /** A request begins by the rights known last although the node holds no lease. */
    REQUEST_BEGUN_WITHOUT_LEASE,
    /** A change of rights is answered, but leases go on to require the version of before. */
    LEASES_REQUIRE_OLD_RIGHTS,
    /** A new leader does not read which version the rights have. */
    RIGHTS_NOT_READ_BY_NEXT_LEADER,
    /** A change of rights is recorded without checking who leads. */
    RIGHTS_CHANGED_WITHOUT_FENCE,

    // ---- managers ----
    /** A standby takes over while the leader's right may still run. */
    TAKEOVER_TOO_EARLY,
    /** A configuration is written without checking who leads. */
    CHAIN_WRITTEN_WITHOUT_FENCE
}
