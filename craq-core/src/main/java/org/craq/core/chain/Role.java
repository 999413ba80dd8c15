package org.craq.core.chain;

/** The role that follows from a member's place in the chain. */
public enum Role {
    HEAD,
    MIDDLE,
    TAIL,
    /** The only member, head and tail at once. */
    ONLY,
    /** Catches up behind the tail: receives entries, but is not needed for a commit and serves nothing. */
    LEARNER
}
