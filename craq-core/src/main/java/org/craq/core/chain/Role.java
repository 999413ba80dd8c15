package org.craq.core.chain;

/** What a member's place in the chain makes it. */
public enum Role {
    HEAD,
    MIDDLE,
    TAIL,
    /** Head and tail at once. */
    ONLY
}
