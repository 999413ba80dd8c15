package org.craq.core.sim;

/**
 * Ways to drive the protocol wrongly. The simulation must find each of them out. Names in quotation marks are those of the
 * same hole in the specification.
 */
enum Flaw {
    // ---- leases ----
    /** The lease is not looked at again between the work for a read and its answer. */
    LEASE_NOT_CHECKED_AGAIN,
    /** A lease, once granted, never ends for the node: as if no lease were ever looked at. */
    LEASE_NEVER_ENDS,
    /** A lease is counted from the arrival of its grant. */
    LEASE_COUNTED_FROM_ANSWER,
    /** A silent node is removed while its lease may still run. */
    REMOVED_BEFORE_LEASE_ENDS,
    /** A node whose removal is decided is given a lease while the decision is on its way into the database. */
    LEASE_FOR_CONDEMNED,

    // ---- reads ----
    /** A read of a dirty file is answered from the mark that is known here. */
    TAIL_NOT_ASKED,
    /** "joinsent": a read shares the answer to a version query that was sent before the read began. */
    SENT_QUERY_SHARED,
    /** A read is answered with the newest durable version, committed or not. */
    DIRTY_VERSION_READ,
    /** A learner answers reads at the commit mark that it knows. */
    LEARNER_SERVES,
    /** The last mark that came counts, also when it is lower than one before. */
    MARKS_FALL,
    /** What a member has told one predecessor of commits it does not tell the next. */
    COMMIT_MARK_TOLD_ONCE,
    /** A member tells its predecessor the last entry that it has received, durable or not, as the commit mark. */
    COMMIT_MARK_OF_RECEIVED,
    /** The tail answers version queries with the last entry that it has received, durable or not. */
    TAIL_ANSWERS_RECEIVED,
    /** "resetpp": a member's prepared mark starts from nothing with each stream to its predecessor. */
    PREPARED_MARK_FORGOTTEN,

    /** A read is answered though retention has outrun it. */
    OUTRUN_READ_ANSWERED,
    /** A read is answered at a mark below what its session has seen. */
    SESSION_NOT_LOOKED_AT,
    /** The age of an answer is counted from when the tail's word came, not from when it was asked. */
    AGE_COUNTED_FROM_ANSWER,
    /** The age of an answer is not looked at again when it is given. */
    AGE_NOT_CHECKED_AGAIN,
    /** An eventual read shows what is not committed. */
    EVENTUAL_SHOWS_DIRTY,
    /** A member whose lease has ended goes on vouching for how many versions it may lack. */
    LAG_WITHOUT_LEASE,

    // ---- writes ----
    /** An entry is reported durable when its force has only begun. */
    PERSISTED_TOO_EARLY,
    /** A force that covers some entries is credited to those that came while it was under way. */
    FORCE_CREDITED_TO_LATER,
    /** An entry counts as durable though its content is not here. */
    DURABLE_WITHOUT_CONTENT,
    /** A content is undone by its sender though an entry that refers to it is about to be forced. */
    UNDONE_BEFORE_FORCE,
    /** A write is answered when the head has given it a place. */
    ANSWERED_WHEN_PLACED,
    /** "dirtyanswer": a former result, or a failed condition, is told while the entry that it rests on is dirty. */
    ANSWER_RESTS_ON_DIRTY,
    /** The database is not asked for the former entry of a write id. */
    WRITE_ID_FORGOTTEN,
    /** A head takes every write id for younger than its own log. */
    WRITE_ID_TAKEN_FOR_NEW,
    /** A known write id is answered with its former result, whatever is asked for under it now. */
    REQUEST_NOT_LOOKED_AT,
    /** The database does not keep what was asked for under a write id. */
    REQUEST_NOT_KEPT,
    /** What was asked for stays at the head when an entry goes down the chain. */
    REQUEST_NOT_REPLICATED,
    /** A write that is repeated is taken for another one. */
    ATTEMPT_TAKEN_FOR_REQUEST,
    /** The write id stays at the head when an entry goes down the chain. */
    WRITE_ID_NOT_REPLICATED,
    /** The next seq is the one after the newest clean entry. */
    SEQ_FROM_CLEAN_VERSION,
    /** Conditions are held against the newest clean version when the upload begins. */
    CONDITION_HELD_AGAINST_CLEAN,

    // ---- logs ----
    /** What the log no longer holds is left on disk. */
    NOT_TRUNCATED,
    /** "dropatstart": a starting node drops what lies above the commit mark on its disk. */
    DROPPED_AT_START,
    /** "comdrop": a joining member falls back to its own commit mark instead of the log that both have. */
    FELL_BACK_TO_COMMIT_MARK,
    /** "seqonly": a successor's log is taken for a part of its predecessor's, by length alone. */
    COMMON_BY_LENGTH,
    /** A transaction of a former life is accepted after the next one has read the database. */
    LATE_COMMIT_ACCEPTED,
    /** A node that can't begin anew, because its database does not answer, is not tried again. */
    REBIRTH_TRIED_ONCE,

    // ---- membership ----
    /** A joining member is taken for complete as soon as its stream is open. */
    COMPLETE_ON_CONNECT,
    /** "comtarget": a member is complete once it has prepared what its predecessor knows to be committed. */
    COMPLETE_AT_COMMIT_MARK,
    /** "owntail": a member is complete once what both logs have had in common is prepared. */
    COMPLETE_AT_OWN_TAIL,
    /** "earlycomplete": a member that joins is recorded as complete at once. */
    COMPLETE_ON_JOIN,
    /** "two": another learner becomes the tail behind one that is not complete. */
    SECOND_PROMOTED_BEHIND_INCOMPLETE,
    /** "keepinc": a removed node comes back under the same incarnation, with all that it had in memory. */
    MEMORY_KEPT_WHEN_REMOVED,
    /** A chain that was down begins again with any node that is up, with the shortest log first. */
    REVIVED_BY_ANYONE,

    // ---- retention ----
    /** A version's content is given up when enough newer ones have followed, dirty ones included. */
    RETENTION_COUNTS_DIRTY,
    /** What is given up is recorded without the mark on whose strength that is done. */
    RETENTION_WITHOUT_MARK,
    /** A content that a predecessor does not have is taken for one that it has given up. */
    MISSING_TAKEN_FOR_GIVEN_UP,
    /** Tombstones are forgotten as soon as they are committed; what is missing is sent as entries without operations. */
    TOMBSTONE_DROPPED_ABOVE_HORIZON,
    /** A member forgets up to the horizon although its successor is still being sent what lies below. */
    FORGOTTEN_WHILE_SENT,
    /** A node that comes back from before the horizon goes on with its old log. */
    REBASE_SKIPPED,

    // ---- managers ----
    /** A standby takes over while the leader's right may still run. */
    TAKEOVER_TOO_EARLY,
    /** A configuration is written without a look at who leads. */
    CHAIN_WRITTEN_WITHOUT_FENCE
}
