package org.craq.core.replica;

/** Why a member does not do what it was asked; nothing has happened. */
public enum Refusal {
    /** Writes go to the head. */
    NOT_HEAD,
    /** No lease, not complete, or no member of the chain. */
    NOT_SERVING,
    /** The asker acts in another epoch, or does not hold the place it claims. */
    FENCED,
    /** A bound on work in progress is reached. */
    OVERLOADED,
    /** The session has seen what this chain never held. */
    SESSION_UNKNOWN,
    /** The tail could not be asked. */
    TAIL_SILENT,
    /** The database did not answer. */
    DATABASE_UNAVAILABLE
}
