package org.craq.client;

/** How fresh an answer must be. */
public enum Consistency {
    /** Sees every write that was answered before the read began. */
    STRONG,
    /** No older than a stated time or number of versions. */
    BOUNDED,
    /** The newest version that is committed as far as the answering node knows. */
    EVENTUAL,
    /** The newest version that the answering node knows, committed or not; it may vanish again. */
    UNCOMMITTED
}
