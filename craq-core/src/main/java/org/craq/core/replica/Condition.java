package org.craq.core.replica;

import java.util.Objects;
import java.util.Optional;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * What must hold of a file's newest version, dirty ones included, when a write is given its place (test-and-set, CRAQ
 * paper section 4.1.1).
 */
public sealed interface Condition {
    FileName name();

    /**
     * Whether the write may go on.
     *
     * @param newest the newest version, empty when the file does not exist or its newest version is a tombstone
     */
    boolean holds(Optional<Version> newest);

    record IsVersion(FileName name, Version version) implements Condition {
        public IsVersion {
            Objects.requireNonNull(name);
            Objects.requireNonNull(version);
        }

        @Override
        public boolean holds(Optional<Version> newest) {
            return newest.filter(version::equals).isPresent();
        }
    }

    record IsAbsent(FileName name) implements Condition {
        public IsAbsent {
            Objects.requireNonNull(name);
        }

        @Override
        public boolean holds(Optional<Version> newest) {
            return newest.isEmpty();
        }
    }

    /** Any version will do: deleting what is not there is the caller's mistake. */
    record Exists(FileName name) implements Condition {
        public Exists {
            Objects.requireNonNull(name);
        }

        @Override
        public boolean holds(Optional<Version> newest) {
            return newest.isPresent();
        }
    }
}
