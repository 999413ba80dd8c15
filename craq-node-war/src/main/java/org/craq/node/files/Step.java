package org.craq.node.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;

/** One step of a change, without new bytes. Its conditions must hold when the change gets its place in the log. */
public sealed interface Step {
    /** The file that the step writes or checks. */
    FileName name();

    List<Condition> conditions();

    /**
     * Gives a file the body of another version. The contents are shared, not copied.
     *
     * @param version the source's version; empty for its newest
     * @param labels content type and user metadata of the new version; empty for the source's
     * @param removes true if the source is deleted; then the version, if given, must be its newest
     */
    record Copy(
            FileName source,
            Optional<Version> version,
            FileName name,
            Optional<Labels> labels,
            boolean removes,
            List<Condition> conditions)
            implements Step {
        public Copy {
            Objects.requireNonNull(version);
            Objects.requireNonNull(labels);
            List<Condition> all = new ArrayList<>(conditions);
            if (removes) {
                version.ifPresent(wanted -> all.add(new Condition.IsVersion(source, wanted)));
            }
            conditions = List.copyOf(all);
            if (removes && source.equals(name)) {
                throw new IllegalArgumentException("'" + name + "' can't be moved to itself");
            }
        }
    }

    /** Writes a tombstone; without conditions the file must exist. */
    record Delete(FileName name, List<Condition> conditions) implements Step {
        public Delete {
            conditions = List.copyOf(conditions);
        }
    }

    /** Writes nothing; only its conditions count. */
    record Check(FileName name, List<Condition> conditions) implements Step {
        /**
         * Checks the given conditions.
         *
         * @throws IllegalArgumentException when there are none
         */
        public Check {
            conditions = List.copyOf(conditions);
            if (conditions.isEmpty()) {
                throw new IllegalArgumentException("the check of '" + name + "' has no condition");
            }
        }
    }
}
