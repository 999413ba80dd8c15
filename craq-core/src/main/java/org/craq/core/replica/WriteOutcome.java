package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/** How a write ended. */
public sealed interface WriteOutcome {
    /** Durable on every serving member; for a repeated write this is the former result. */
    record Written(Version version, List<Operation> operations) implements WriteOutcome {
        public Written {
            Objects.requireNonNull(version);
            operations = List.copyOf(operations);
        }
    }

    /**
     * The first condition that did not hold, for a version that is clean. Nothing was written.
     *
     * @param newest version of the file that the condition is about; empty when it does not exist
     */
    record ConditionFailed(Condition condition, Optional<Version> newest) implements WriteOutcome {
        public ConditionFailed {
            Objects.requireNonNull(condition);
            Objects.requireNonNull(newest);
        }

        /** The file that the condition is about. */
        public FileName name() {
            return condition.name();
        }
    }

    /** The write id belongs to another request, whose entry is clean. Nothing was written. */
    record OtherRequest() implements WriteOutcome {}

    /** Nothing was written. */
    record Refused(Refusal reason) implements WriteOutcome {}

    /** The member lost its place before the write was clean: it may or may not happen. */
    record Unknown() implements WriteOutcome {}
}
