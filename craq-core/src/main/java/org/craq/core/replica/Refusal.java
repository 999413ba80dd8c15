package org.craq.core.replica;

/** Why a member refuses a request; nothing has been changed. */
public enum Refusal {
    /** The write must be sent to the head. */
    NOT_HEAD,
    /** The member has no lease, is not complete, or is not in the chain. */
    NOT_SERVING,
    /** The sender acts in another epoch, or does not hold the place it claims. */
    FENCED,
    /** A limit on work in progress has been reached. */
    OVERLOADED,
    /** The session has seen a state that this chain never had. */
    SESSION_UNKNOWN,
    /** The tail did not answer. */
    TAIL_SILENT,
    /** The database did not answer. */
    DATABASE_UNAVAILABLE
}
