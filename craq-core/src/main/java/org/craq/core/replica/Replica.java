package org.craq.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Role;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * One member of one chain, in one incarnation: the protocol of CRAQ (Terrace and Freedman, USENIX ATC 2009, section 2) on an
 * ordered log, with chain replication's invariants (van Renesse and Schneider, OSDI 2004, section 3.2).
 *
 * <p>Events are methods; what follows from them is taken with {@link #drain()} and performed in that order. Times are
 * nanoseconds of one monotonic clock of the driver's. Calls must not overlap.
 *
 * <p>Marks: {@code commit <= prepared <= durable <= last} wherever the member serves. {@code durable} and the prepared
 * mark fall only when a member that is not in step drops entries that no complete member has; the commit mark never falls.
 *
 * <p>States: outside (no epoch) -> linking (epoch adopted, stream to the predecessor not open; a head skips it) -> linked ->
 * complete. A new epoch leads back to linking, a complete member stays complete. Expelled is final.
 */
public final class Replica {
    /** Entries that may be dirty at once; further writes are refused as OVERLOADED. */
    public static final int MAX_DIRTY_ENTRIES = 8192;
    /** Reads that may wait for the tail at once. */
    public static final int MAX_WAITING_READS = 8192;

    private final NodeId self;
    private final ChainId chainId;
    private final Incarnation incarnation;

    private final EntryWindow window;
    private final EpochTable epochs;
    private Seq last;
    private Seq durable;
    private Seq predecessorPrepared = Seq.NONE;
    private Seq commit;
    private long generation;

    private Optional<Chain> chain = Optional.empty();
    private boolean complete;
    private boolean expelled;
    /** Prepared mark that must be reached before this member is complete. */
    private Seq target;

    private long leaseUntil;
    private boolean leased;
    private boolean leaving;

    private long streams;
    private long predecessorStream;
    private boolean linked;
    private Seq commitSent = Seq.NONE;

    private final SuccessorFeed successor = new SuccessorFeed();
    private final Sequencer sequencer;
    private final PendingWrites writes = new PendingWrites();
    private final PendingReads reads = new PendingReads();
    private List<Effect> effects = new ArrayList<>();

    public Replica(NodeId self, ChainId chainId, Incarnation incarnation, Restored restored) {
        this.self = self;
        this.chainId = chainId;
        this.incarnation = incarnation;
        this.epochs = new EpochTable(restored.epochs());
        this.last = restored.last();
        this.durable = restored.last();
        this.commit = restored.commit();
        this.target = restored.last();
        this.window = new EntryWindow(restored.last());
        this.sequencer = new Sequencer(window);
    }

    /** What is to be done since the last call, in this order. */
    public List<Effect> drain() {
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }

    // ---- membership ----

    /** The manager's newest configuration of this chain, whether this node is in it or not. */
    public void configured(Chain next) {
        if (expelled || !next.id().equals(chainId)) {
            return;
        }
        boolean member = next.has(self, incarnation);
        if (chain.isPresent() && next.epoch().equals(epoch())) {
            if (next.revision() > chain.get().revision()) {
                chain = Optional.of(next);
            }
        } else if (next.epoch().isAfter(epoch())) {
            if (member) {
                adopt(next);
            } else if (chain.isPresent()) {
                expel();
            }
        }
    }

    private void adopt(Chain next) {
        // The mark as the old epoch defined it: what a tail had prepared was committed.
        raiseCommit();
        boolean wasHead = isHead();
        chain = Optional.of(next);
        effects.add(new Effect.CloseStreams());
        successor.close();
        linked = isHead();
        predecessorStream = ++streams;
        if (!isHead()) {
            writes.giveUp().forEach(this::answer);
            connect();
        } else if (!wasHead) {
            // What is not durable here was promised to nobody, and its content may be gone with the former head.
            dropAbove(durable);
        }
        target = complete ? Seq.NONE : last;
        reads.restart();
        advance();
        askTail();
    }

    private void expel() {
        expelled = true;
        chain = Optional.empty();
        complete = false;
        leased = false;
        linked = false;
        successor.close();
        effects.add(new Effect.CloseStreams());
        writes.giveUp().forEach(this::answer);
        reads.clear().forEach(token -> refuseRead(token, Refusal.NOT_SERVING));
        effects.add(new Effect.Expelled());
    }

    /** The lease lasts until then; counted from when the heartbeat was sent. */
    public void leased(long untilNanos) {
        if (!expelled && !leaving && (!leased || untilNanos - leaseUntil > 0)) {
            leased = true;
            leaseUntil = untilNanos;
        }
    }

    /** Gives the lease back for good, before an announced stop: one that is still on its way is not taken any more. */
    public void leaseGivenUp() {
        leased = false;
        leaving = true;
    }

    /** True while this member may answer strong reads and version queries and, as head, take writes. */
    public boolean serves(long now) {
        return leased && leaseUntil - now > 0 && complete && chain.isPresent();
    }

    /** Until when {@link #serves} holds if nothing else happens; empty when it does not. */
    public OptionalLong servesUntil() {
        return leased && complete && chain.isPresent() ? OptionalLong.of(leaseUntil) : OptionalLong.empty();
    }

    // ---- streams: the member as successor ----

    private void connect() {
        predecessorStream = ++streams;
        Member predecessor = chain.orElseThrow().predecessor(self).orElseThrow();
        effects.add(new Effect.ConnectPredecessor(predecessorStream, epoch(), predecessor, last, epochs.starts()));
    }

    /** The stream to the predecessor was refused or broke. */
    public void predecessorLost(long stream) {
        if (stream == predecessorStream && chain.isPresent() && !isHead()) {
            linked = false;
            connect();
        }
    }

    /** The predecessor took the stream: both logs agree up to {@code common}. */
    public void welcomed(long stream, Seq common, Seq predecessorLast) {
        if (stream != predecessorStream || linked) {
            return;
        }
        if (common.isAfter(last) || commit.isAfter(common)) {
            throw new IllegalStateException("told to keep the log up to " + common + ", with last entry " + last
                    + " and commit mark " + commit);
        }
        dropAbove(common);
        predecessorPrepared = Seq.min(predecessorPrepared, common);
        target = complete ? Seq.NONE : predecessorLast;
        linked = true;
        commitSent = Seq.NONE;
        advance();
    }

    /** The next entry of the predecessor's log. */
    public void received(long stream, Entry entry) {
        if (stream != predecessorStream || !linked) {
            return;
        }
        if (!entry.seq().equals(last.next())) {
            throw new IllegalStateException("entry " + entry.seq() + " does not follow " + last);
        }
        append(entry);
        advance();
    }

    /** Everything up to the mark is durable on the predecessor and all before it. */
    public void prepared(long stream, Seq mark) {
        if (stream == predecessorStream && linked) {
            predecessorPrepared = Seq.max(predecessorPrepared, Seq.min(mark, last));
            advance();
        }
    }

    // ---- streams: the member as predecessor ----

    /** A number for a stream that a successor opens. */
    public long newStream() {
        return ++streams;
    }

    /** A successor opened a stream and tells of its log. */
    public void hello(
            long stream,
            NodeId from,
            Incarnation fromIncarnation,
            Epoch theirEpoch,
            EpochTable theirEpochs,
            Seq theirLast) {
        boolean mine = chain.flatMap(now -> now.successor(self))
                .filter(next -> next.is(from, fromIncarnation))
                .isPresent();
        if (!mine || !theirEpoch.equals(epoch()) || !linked) {
            effects.add(new Effect.RefuseSuccessor(stream));
            return;
        }
        // A late attempt to connect may have come second: the successor must notice that its other stream is dead.
        successor.stream().ifPresent(former -> effects.add(new Effect.RefuseSuccessor(former)));
        Seq common = EpochTable.common(epochs, last, theirEpochs, theirLast);
        successor.open(stream, common);
        effects.add(new Effect.WelcomeSuccessor(stream, common, last));
        advance();
    }

    public void successorLost(long stream) {
        if (successor.is(stream)) {
            successor.close();
        }
    }

    /** Entries from the log for the successor, in order from the one asked for; at least one. */
    public void loaded(long stream, List<Entry> entries) {
        successor.loaded(stream, entries, effects);
        advance();
    }

    /** The tail's prepared mark, as the successor knows it. */
    public void committed(long stream, Seq mark) {
        if (!successor.is(stream)) {
            return;
        }
        if (mark.isAfter(last)) {
            throw new IllegalStateException("commit mark " + mark + " lies above the last entry " + last);
        }
        raiseCommit(mark);
        advance();
    }

    // ---- the log ----

    /** Everything up to here is durable on this node, content and metadata; the generation is that of the effect. */
    public void persisted(long generation, Seq upTo) {
        if (generation == this.generation) {
            durable = Seq.max(durable, upTo);
            advance();
        }
    }

    private void append(Entry entry) {
        epochs.append(entry.epoch(), entry.seq());
        window.append(entry);
        last = entry.seq();
        effects.add(new Effect.Persist(generation, entry));
    }

    private void dropAbove(Seq keep) {
        if (last.isAfter(keep)) {
            generation++;
            window.truncate(keep);
            epochs.truncate(keep);
            last = keep;
            durable = Seq.min(durable, keep);
            effects.add(new Effect.Truncate(keep));
        }
    }

    private Seq prepared() {
        return isHead() ? durable : Seq.min(durable, predecessorPrepared);
    }

    /** Everything that follows from a mark, the log or a link having moved. */
    private void advance() {
        if (chain.isEmpty()) {
            return;
        }
        raiseCommit();
        successor.feed(window, last, prepared(), effects);
        if (linked && !isHead() && commit.isAfter(commitSent)) {
            commitSent = commit;
            effects.add(new Effect.SendCommit(predecessorStream, commit));
        }
        if (!complete && linked && !target.isAfter(prepared())) {
            complete = true;
        }
        writes.clean(commit).forEach(this::answer);
        window.release(writes.floor(Seq.min(commit, durable)));
    }

    private void raiseCommit() {
        if (chain.isPresent() && isTail()) {
            raiseCommit(prepared());
        }
    }

    private void raiseCommit(Seq mark) {
        if (mark.isAfter(commit)) {
            commit = mark;
            effects.add(new Effect.Committed(mark));
        }
    }

    // ---- writes ----

    /** A write whose content is stored here and asks for its place; ends in one {@link Effect.AnswerWrite}. */
    public void submit(long token, Write write, long now) {
        if (chain.isEmpty() || !isHead()) {
            answer(token, new WriteOutcome.Refused(Refusal.NOT_HEAD));
        } else if (!serves(now)) {
            answer(token, new WriteOutcome.Refused(Refusal.NOT_SERVING));
        } else if (last.value() - commit.value() >= MAX_DIRTY_ENTRIES) {
            answer(token, new WriteOutcome.Refused(Refusal.OVERLOADED));
        } else {
            writes.lookUp(token, write, durable);
            List<FileName> names =
                    write.conditions().stream().map(Condition::name).distinct().toList();
            effects.add(new Effect.LookUp(token, write.id(), names));
        }
    }

    /** What the database knew of a write, at or after the time when it was asked. */
    public void lookedUp(long token, Found found, long now) {
        Optional<PendingWrites.LookingUp> pending = writes.lookedUp(token);
        if (pending.isEmpty()) {
            return;
        }
        Write write = pending.get().write();
        if (!serves(now)) {
            answer(token, new WriteOutcome.Refused(Refusal.NOT_SERVING));
        } else {
            place(token, write, found);
        }
        advance();
    }

    /** The look into the database failed: nothing was written. */
    public void lookUpFailed(long token) {
        writes.lookedUp(token)
                .ifPresent(pending -> answer(token, new WriteOutcome.Refused(Refusal.DATABASE_UNAVAILABLE)));
    }

    private void place(long token, Write write, Found found) {
        Optional<Sequencer.Settled> settled = sequencer.settle(write, found);
        if (settled.isPresent()) {
            writes.answerWhenClean(settled.get().rests(), token, settled.get().outcome());
            return;
        }
        Entry entry = new Entry(epoch(), last.next(), write.operations(), write.createdAtMillis());
        append(entry);
        writes.answerWhenClean(entry.seq(), token, new WriteOutcome.Written(entry.version(), entry.operations()));
    }

    private void answer(PendingWrites.Answer answer) {
        answer(answer.token(), answer.outcome());
    }

    private void answer(long token, WriteOutcome outcome) {
        effects.add(new Effect.AnswerWrite(token, outcome));
    }

    // ---- reads ----

    /** A strong read of one file; ends in one {@link Effect.AnswerRead}. */
    public void read(long token, FileName name, long now) {
        // After a restart the mark may be older than the window: what lies between may hold the file.
        boolean unknown = window.floor().isAfter(commit);
        boolean dirty =
                window.newest(name).filter(entry -> entry.seq().isAfter(commit)).isPresent();
        read(token, unknown || dirty, now);
    }

    /** A strong read of the whole chain, such as a listing. */
    public void readAll(long token, long now) {
        read(token, last.isAfter(commit), now);
    }

    private void read(long token, boolean dirty, long now) {
        if (!serves(now)) {
            refuseRead(token, Refusal.NOT_SERVING);
        } else if (!dirty || isTail()) {
            effects.add(new Effect.AnswerRead(token, new ReadOutcome.At(commit)));
        } else if (reads.size() >= MAX_WAITING_READS) {
            refuseRead(token, Refusal.OVERLOADED);
        } else {
            reads.add(token);
            askTail();
        }
    }

    private void askTail() {
        if (chain.isPresent() && reads.ask()) {
            effects.add(new Effect.AskTail(reads.query(), epoch(), chain.get().tail()));
        }
    }

    /** The tail's commit mark, read there after the query was sent. */
    public void tailAnswered(long query, Seq mark, long now) {
        for (long token : reads.answered(query)) {
            if (serves(now)) {
                effects.add(new Effect.AnswerRead(token, new ReadOutcome.At(Seq.max(mark, commit))));
            } else {
                refuseRead(token, Refusal.NOT_SERVING);
            }
        }
        askTail();
    }

    public void tailSilent(long query) {
        reads.answered(query).forEach(token -> refuseRead(token, Refusal.TAIL_SILENT));
        askTail();
    }

    /** A member asks this one, as the tail, for its commit mark; empty: refused, the asker's epoch is not this one's. */
    public Optional<Seq> versionQuery(NodeId from, Incarnation fromIncarnation, Epoch theirEpoch, long now) {
        boolean member =
                chain.filter(current -> current.has(from, fromIncarnation)).isPresent();
        return member && theirEpoch.equals(epoch()) && isTail() && serves(now) ? Optional.of(commit) : Optional.empty();
    }

    private void refuseRead(long token, Refusal reason) {
        effects.add(new Effect.AnswerRead(token, new ReadOutcome.Refused(reason)));
    }

    // ---- what it is ----

    public ReplicaReport report() {
        return new ReplicaReport(chainId, epoch(), epochs.epochOf(last), last, prepared(), commit, complete);
    }

    public Optional<Chain> chain() {
        return chain;
    }

    public Incarnation incarnation() {
        return incarnation;
    }

    /** Newest version that is durable here, committed or not. */
    public Seq durable() {
        return durable;
    }

    public Optional<Role> role() {
        return chain.flatMap(now -> now.role(self));
    }

    private Epoch epoch() {
        return chain.map(Chain::epoch).orElse(Epoch.NONE);
    }

    private boolean isHead() {
        return chain.filter(now -> now.head().node().equals(self)).isPresent();
    }

    private boolean isTail() {
        return chain.filter(now -> now.tail().node().equals(self)).isPresent();
    }
}
