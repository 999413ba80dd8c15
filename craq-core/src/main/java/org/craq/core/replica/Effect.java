package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Member;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * What a {@link Replica} wants done, in order. Streams are named by numbers that are never used twice by one replica or
 * its driver.
 */
public sealed interface Effect {
    /**
     * Make an entry durable, with all its content; then report {@link Replica#persisted}. Persist and Truncate are
     * carried out in the order given.
     *
     * @param generation to be given back with the report
     */
    record Persist(long generation, Entry entry) implements Effect {}

    /**
     * Forget every entry above {@code keep}, durably, before anything that is to be persisted later. Entries above it that
     * are still to be made durable need not be: nobody may have their content any more.
     */
    record Truncate(Seq keep) implements Effect {}

    /**
     * Note durably, in order with Persist and Truncate, that the log at or below the base is the rest that another member has not
     * forgotten, with its epoch table in place of this one's own.
     */
    record Rebase(LogBase base) implements Effect {
        public Rebase {
            Objects.requireNonNull(base);
        }
    }

    /**
     * Note durably that entries at or below {@code upTo} may be missing; then delete what is not kept of them, the same on every
     * member: of each file the newest versions at or below the mark that retention keeps, nothing of it when the newest there is a
     * tombstone. Then report {@link Replica#forgotten}. May take long; goes on after a restart.
     */
    record Forget(Seq upTo) implements Effect {}

    /**
     * Read entries from {@code from} to {@code upTo}, or the first of them, back from the log, and tell how far that is: {@link
     * Replica#loaded}.
     */
    record LoadLog(long stream, Seq from, Seq upTo) implements Effect {}

    /** End both streams to neighbours, if open. */
    record CloseStreams() implements Effect {}

    /** Open the stream to the predecessor, after a pause if it was refused or lost before. */
    record ConnectPredecessor(
            long stream, Epoch epoch, Member predecessor, Seq last, List<EpochTable.Start> epochs, Seq forgotten)
            implements Effect {
        public ConnectPredecessor {
            Objects.requireNonNull(predecessor);
            epochs = List.copyOf(epochs);
        }
    }

    /** Close a successor's stream as FENCED; it will come again. */
    record RefuseSuccessor(long stream) implements Effect {}

    /** Tell an administrator that a neighbour sent what no honest member can send; its stream has been ended, and opens again. */
    record NeighbourAtFault(String reason) implements Effect {
        public NeighbourAtFault {
            Objects.requireNonNull(reason);
        }
    }

    /** Take the stream; {@code base} is present when the successor lies below what this log has forgotten. */
    record WelcomeSuccessor(long stream, Seq common, Seq last, Optional<LogBase> base) implements Effect {
        public WelcomeSuccessor {
            Objects.requireNonNull(base);
        }
    }

    record SendEntry(long stream, Entry entry) implements Effect {}

    record SendPrepared(long stream, Seq mark) implements Effect {}

    record SendCommit(long stream, Seq mark) implements Effect {}

    /** Ask the tail for its commit mark: {@link Replica#tailAnswered} or {@link Replica#tailSilent}. */
    record AskTail(long query, Epoch epoch, Member tail) implements Effect {}

    /**
     * Find in the database the newest version of each file and the former entry of the write id:
     * {@link Replica#lookedUp}.
     */
    record LookUp(long token, WriteId id, List<FileName> names) implements Effect {
        public LookUp {
            names = List.copyOf(names);
        }
    }

    record AnswerWrite(long token, WriteOutcome outcome) implements Effect {}

    /** Answer a read as the outcome says. */
    record AnswerRead(long token, ReadOutcome outcome) implements Effect {}

    /** The commit mark rose: what lies up to it is clean. */
    record Committed(Seq mark) implements Effect {}

    /** The chain goes on without this incarnation: begin anew under a fresh one, from what is durable. */
    record Expelled() implements Effect {}
}
