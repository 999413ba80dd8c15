package org.craq.client;

/**
 * What must hold for a file at the moment when a write takes effect; otherwise the write fails with {@code
 * PRECONDITION_FAILED} and changes nothing.
 */
public sealed interface Precondition {
    /** This version must be the newest. */
    record IfVersion(FileVersion version) implements Precondition {}

    /** The file must not exist. */
    record IfAbsent() implements Precondition {}

    /** The file must exist. */
    record IfPresent() implements Precondition {}
}
