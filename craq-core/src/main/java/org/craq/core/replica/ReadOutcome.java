package org.craq.core.replica;

import org.craq.core.chain.Seq;

/** How a read goes on. */
public sealed interface ReadOutcome {
    /** Answer the newest version whose seq is not above the mark; all of them are durable here. */
    record At(Seq mark) implements ReadOutcome {}

    record Refused(Refusal reason) implements ReadOutcome {}
}
