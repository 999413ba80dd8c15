package org.craq.core.replica;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * A requirement on a file's newest version, dirty ones included, checked when a write gets its place in the log
 * (test-and-set, CRAQ paper section 4.1.1).
 */
public sealed interface Condition {
    FileName name();

    /**
     * Returns whether the write may proceed.
     *
     * @param newest the newest version, empty when the file does not exist or its newest version is a tombstone
     */
    boolean holds(Optional<Found.Newest> newest);

    /**
     * Describes the condition in words that differ from those of every other condition on the same file. Request
     * fingerprints are computed from this text, so it must not change from one build to the next.
     */
    String words();

    /** Sorts the versions, because the iteration order of a set differs between processes. */
    private static List<Version> inOrder(Set<Version> versions) {
        return versions.stream()
                .sorted(Comparator.comparing(Version::epoch).thenComparing(Version::seq))
                .toList();
    }

    record IsVersion(FileName name, Version version) implements Condition {
        public IsVersion {
            Objects.requireNonNull(name);
            Objects.requireNonNull(version);
        }

        @Override
        public boolean holds(Optional<Found.Newest> newest) {
            return newest.map(Found.Newest::version).filter(version::equals).isPresent();
        }

        @Override
        public String words() {
            return "version " + version;
        }
    }

    /** The file exists, and its newest version is one of these. Never holds if the set is empty. */
    record IsOneOf(FileName name, Set<Version> versions) implements Condition {
        public IsOneOf {
            Objects.requireNonNull(name);
            versions = Set.copyOf(versions);
        }

        @Override
        public boolean holds(Optional<Found.Newest> newest) {
            return newest.map(Found.Newest::version).filter(versions::contains).isPresent();
        }

        @Override
        public String words() {
            return "one of " + inOrder(versions);
        }
    }

    /** The file does not exist, or its newest version is none of these. */
    record IsNoneOf(FileName name, Set<Version> versions) implements Condition {
        public IsNoneOf {
            Objects.requireNonNull(name);
            versions = Set.copyOf(versions);
        }

        @Override
        public boolean holds(Optional<Found.Newest> newest) {
            return newest.map(Found.Newest::version).filter(versions::contains).isEmpty();
        }

        @Override
        public String words() {
            return "none of " + inOrder(versions);
        }
    }

    record IsAbsent(FileName name) implements Condition {
        public IsAbsent {
            Objects.requireNonNull(name);
        }

        @Override
        public boolean holds(Optional<Found.Newest> newest) {
            return newest.isEmpty();
        }

        @Override
        public String words() {
            return "absent";
        }
    }

    /** The file exists in any version; for callers that treat deleting a missing file as an error. */
    record Exists(FileName name) implements Condition {
        public Exists {
            Objects.requireNonNull(name);
        }

        @Override
        public boolean holds(Optional<Found.Newest> newest) {
            return newest.isPresent();
        }

        @Override
        public String words() {
            return "exists";
        }
    }

    /**
     * The file does not exist, or its newest version was not written after this second. The time compared is the one
     * stored in the version's entry, so every head decides alike; two versions from the same second cannot be told
     * apart.
     *
     * @param second seconds since 1970
     */
    record UnmodifiedSince(FileName name, long second) implements Condition {
        private static final long MILLIS = 1000;

        public UnmodifiedSince {
            Objects.requireNonNull(name);
        }

        @Override
        public boolean holds(Optional<Found.Newest> newest) {
            return newest.filter(version -> Math.floorDiv(version.createdAtMillis(), MILLIS) > second)
                    .isEmpty();
        }

        @Override
        public String words() {
            return "not modified since " + second;
        }
    }
}
