package org.craq.client;

/** What must hold of a file at the moment a write takes effect; otherwise the write fails and changes nothing. */
public sealed interface Precondition {
    /** The newest version must be this one. */
    record IfVersion(FileVersion version) implements Precondition {}

    /** No version may exist. */
    record IfAbsent() implements Precondition {}

    /** Some version must exist. */
    record IfPresent() implements Precondition {}
}
