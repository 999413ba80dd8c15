package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Member;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * An action that a {@link Replica} asks its driver to perform. Effects are started in the order in which they are
 * emitted. Stream numbers are never reused by a replica or its driver.
 */
public sealed interface Effect {
    /**
     * Makes an entry durable together with all its content, then reports {@link Replica#persisted}. Persist, Truncate
     * and Rebase are carried out in the order in which they were emitted.
     *
     * @param generation is passed back with the report
     */
    record Persist(long generation, Entry entry) implements Effect {}

    /**
     * Durably removes every entry above {@code keep}, before anything that is persisted later. Pending entries above it
     * need not be made durable: their content may no longer exist on any member.
     */
    record Truncate(Seq keep) implements Effect {}

    /**
     * Durably records, in order with Persist and Truncate, that the log at or below the base holds only what another
     * member has retained, and replaces the epoch table with that of the base.
     */
    record Rebase(LogBase base) implements Effect {
        public Rebase {
            Objects.requireNonNull(base);
        }
    }

    /**
     * Durably records that entries at or below {@code upTo} may be missing, then deletes those that are not retained.
     * Every member retains the same ones: of each file, the newest versions at or below the mark that the retention
     * rules keep, or none if the newest of them is a tombstone. Then reports {@link Replica#forgotten}. This may take
     * long, and resumes after a restart.
     */
    record Forget(Seq upTo) implements Effect {}

    /**
     * Reads entries {@code from} to {@code upTo}, or a first part of them, back from the log, and reports how far it
     * got with {@link Replica#loaded}.
     */
    record LoadLog(long stream, Seq from, Seq upTo) implements Effect {}

    /** Closes the streams to both neighbours, if they are open. */
    record CloseStreams() implements Effect {}

    /** Opens the stream to the predecessor, after a pause if it was refused or lost before. */
    record ConnectPredecessor(
            long stream, Epoch epoch, Member predecessor, Seq last, List<EpochTable.Start> epochs, Seq forgotten)
            implements Effect {
        public ConnectPredecessor {
            Objects.requireNonNull(predecessor);
            epochs = List.copyOf(epochs);
        }
    }

    /** Closes a successor's stream with FENCED; the successor will reconnect. */
    record RefuseSuccessor(long stream) implements Effect {}

    /**
     * Reports to an administrator that a neighbour sent something no correct member can send. Its stream has been
     * closed and will be opened again.
     */
    record NeighbourAtFault(String reason) implements Effect {
        public NeighbourAtFault {
            Objects.requireNonNull(reason);
        }
    }

    /**
     * Accepts the stream; {@code base} is present when the successor's log ends below entries that this log has
     * forgotten.
     */
    record WelcomeSuccessor(long stream, Seq common, Seq last, Optional<LogBase> base) implements Effect {
        public WelcomeSuccessor {
            Objects.requireNonNull(base);
        }
    }

    record SendEntry(long stream, Entry entry) implements Effect {}

    record SendPrepared(long stream, Seq mark) implements Effect {}

    record SendCommit(long stream, Seq mark) implements Effect {}

    /** Asks the tail for its commit mark, and reports {@link Replica#tailAnswered} or {@link Replica#tailSilent}. */
    record AskTail(long query, Epoch epoch, Member tail) implements Effect {}

    /**
     * Looks up the newest version of each file and the earlier entry with this write id in the database, and reports
     * {@link Replica#lookedUp} or {@link Replica#lookUpFailed}.
     */
    record LookUp(long token, WriteId id, List<FileName> names) implements Effect {
        public LookUp {
            names = List.copyOf(names);
        }
    }

    record AnswerWrite(long token, WriteOutcome outcome) implements Effect {}

    /** Answers a read with the outcome. */
    record AnswerRead(long token, ReadOutcome outcome) implements Effect {}

    /** The commit mark has risen: every entry up to it is clean. */
    record Committed(Seq mark) implements Effect {}

    /** The chain continues without this incarnation: restart under a fresh one, from what is durable. */
    record Expelled() implements Effect {}
}
