package org.craq.client;

/** States how fresh the answer to a read must be. */
public enum Consistency {
    /** Reflects every write that was answered before the read began. */
    STRONG,
    /** Is no older than a given time or number of versions. */
    BOUNDED,
    /** Returns the newest version that the answering node knows to be committed. */
    EVENTUAL,
    /**
     * Returns the newest version that the answering node knows, committed or not; an uncommitted version may still
     * disappear.
     */
    UNCOMMITTED
}
