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

    /** A condition did not hold, for a version that is clean. Nothing was written. */
    record ConditionFailed(FileName name, Optional<Version> newest) implements WriteOutcome {}

    /** Nothing was written. */
    record Refused(Refusal reason) implements WriteOutcome {}

    /** The member lost its place before the write was clean: it may or may not happen. */
    record Unknown() implements WriteOutcome {}
}
