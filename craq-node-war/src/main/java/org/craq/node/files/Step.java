package org.craq.node.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;

/** One of the steps of a change, which brings no bytes. Its conditions must hold when the change is given its place. */
public sealed interface Step {
    /** The file that it writes or looks at. */
    FileName name();

    List<Condition> conditions();

    /**
     * Gives a file the content of a version, which is shared, not copied.
     *
     * @param version the source's version; empty: its newest
     * @param labels content type and user metadata of the new version; empty: the source's
     * @param removes the source is deleted; then the version, if given, must be its newest
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
                throw new IllegalArgumentException("'" + name + "' can't be moved to where it is");
            }
        }
    }

    /** Writes a tombstone; without conditions there must be something to delete. */
    record Delete(FileName name, List<Condition> conditions) implements Step {
        public Delete {
            conditions = List.copyOf(conditions);
        }
    }

    /** Only its conditions count. */
    record Check(FileName name, List<Condition> conditions) implements Step {
        /** Raises IllegalArgumentException when there is nothing to check. */
        public Check {
            conditions = List.copyOf(conditions);
            if (conditions.isEmpty()) {
                throw new IllegalArgumentException("the check of '" + name + "' names no condition");
            }
        }
    }
}
