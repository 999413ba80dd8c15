package org.craq.core.chain;

/** What a member's place in the chain makes it. */
public enum Role {
    HEAD,
    MIDDLE,
    TAIL,
    /** Head and tail at once. */
    ONLY,
    /** Catches up behind the tail; takes entries, counts for no commit and serves nothing. */
    LEARNER
}
