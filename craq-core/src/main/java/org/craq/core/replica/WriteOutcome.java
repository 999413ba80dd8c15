package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/** How a write ended. */
public sealed interface WriteOutcome {
    /** The write is durable on every serving member; for a repeated write this is the former result. */
    record Written(Version version, List<Operation> operations) implements WriteOutcome {
        public Written {
            Objects.requireNonNull(version);
            operations = List.copyOf(operations);
        }
    }

    /**
     * A condition did not hold for a clean version; this is the first such condition. Nothing was written.
     *
     * @param newest the newest version of the file in question; empty if the file does not exist
     */
    record ConditionFailed(Condition condition, Optional<Version> newest) implements WriteOutcome {
        public ConditionFailed {
            Objects.requireNonNull(condition);
            Objects.requireNonNull(newest);
        }

        /** Returns the file that the condition is about. */
        public FileName name() {
            return condition.name();
        }
    }

    /** The write id belongs to a different request, whose entry is clean. Nothing was written. */
    record OtherRequest() implements WriteOutcome {}

    /** Nothing was written. */
    record Refused(Refusal reason) implements WriteOutcome {}

    /** The member lost its place before the entry was clean: the write may or may not take effect. */
    record Unknown() implements WriteOutcome {}
}
