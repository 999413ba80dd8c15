package org.craq.core.replica;

import java.util.OptionalLong;
import org.craq.core.chain.Seq;
import org.craq.core.file.Version;

/** How a read goes on. */
public sealed interface ReadOutcome {
    /** What an answer is worth. */
    enum Level {
        STRONG,
        BOUNDED,
        EVENTUAL,
        UNCOMMITTED
    }

    /**
     * Answer the newest version whose seq is not above the mark; all of them are durable here.
     *
     * @param seen the last committed entry that the answer rests on: what a session has seen with it
     * @param leased after the work, before the answer, {@link Replica#serves} must hold still
     * @param until the answer must be given by then, on the driver's clock
     */
    record At(Seq mark, Version seen, Level level, boolean leased, OptionalLong until) implements ReadOutcome {}

    record Refused(Refusal reason) implements ReadOutcome {}
}
