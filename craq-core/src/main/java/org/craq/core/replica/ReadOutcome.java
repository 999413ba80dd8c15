package org.craq.core.replica;

import java.util.OptionalLong;
import org.craq.core.chain.Seq;
import org.craq.core.file.Version;

/** How a read is to be answered. */
public sealed interface ReadOutcome {
    /** The consistency that an answer has. */
    enum Level {
        STRONG,
        BOUNDED,
        EVENTUAL,
        UNCOMMITTED
    }

    /**
     * Answer with the newest version whose seq is not above the mark; all of them are durable here.
     *
     * @param seen the last committed entry that the answer is based on, which a session has seen from then on
     * @param leased whether {@link Replica#serves} must be checked again after the work and before the answer
     * @param until time on the driver's clock by which the answer must be given
     */
    record At(Seq mark, Version seen, Level level, boolean leased, OptionalLong until) implements ReadOutcome {}

    record Refused(Refusal reason) implements ReadOutcome {}
}
