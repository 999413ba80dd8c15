package org.craq.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.ReplicaReport;
import org.craq.core.chain.Role;
import org.craq.core.chain.Seq;

/**
 * One member of one chain, in one incarnation: the CRAQ protocol (Terrace and Freedman, USENIX ATC 2009, section 2) on
 * an ordered log, with the invariants of chain replication (van Renesse and Schneider, OSDI 2004, section 3.2).
 *
 * <p>Events are method calls. The effects that follow from them are taken with {@link #drain()} and performed in that
 * order. Times are nanoseconds of one monotonic clock of the driver. Calls must not overlap.
 *
 * <p>Marks: {@code commit <= prepared <= durable <= last} whenever the member serves. {@code durable} and the prepared
 * mark fall only when a member that is not in sync drops entries that no complete member has; the commit mark never
 * falls.
 *
 * <p>States: outside (no epoch) -> linking (epoch adopted, stream to the predecessor not open; a head skips this state)
 * -> linked -> complete. A new epoch leads back to linking; a complete member stays complete. A learner never becomes
 * complete. Expelled is final.
 */
public final class Replica {
    /** Maximum number of dirty entries; further writes are refused as OVERLOADED. */
    public static final int MAX_DIRTY_ENTRIES = 8192;
    /** Maximum number of reads that wait for the tail. */
    public static final int MAX_WAITING_READS = 8192;

    private final ChainId chainId;
    private final List<Effect> effects = new ArrayList<>();
    private final Place place;
    private final Lease lease = new Lease();
    private final Readiness standing;
    private final Log log;
    private final PredecessorLink predecessor = new PredecessorLink(effects::add);
    private final SuccessorFeed successor;
    private final HeadWrites writes;
    private final Reads reads;
    private long streams;

    public Replica(NodeId self, ChainId chainId, Incarnation incarnation, Restored restored) {
        this.chainId = chainId;
        this.place = new Place(self, incarnation);
        this.standing = new Readiness(place, lease, restored.last());
        this.log = new Log(restored, effects::add);
        this.successor = new SuccessorFeed(log, effects::add);
        this.writes = new HeadWrites(place, standing, log, effects::add);
        this.reads = new Reads(place, standing, log, effects::add);
    }

    /** Takes the effects emitted since the last call, in the order in which they are to be performed. */
    public List<Effect> drain() {
        List<Effect> taken = new ArrayList<>(effects);
        effects.clear();
        return taken;
    }

    // ---- membership ----

    /** Delivers the manager's newest configuration of this chain, whether or not this node is in it. */
    public void configured(Chain next) {
        if (place.isLost() || !next.id().equals(chainId)) {
            return;
        }
        boolean member = place.isIn(next);
        Optional<Chain> current = place.chain();
        if (current.isPresent() && next.epoch().equals(place.epoch())) {
            if (next.revision() > current.get().revision()) {
                revise(next, member);
            }
        } else if (next.epoch().isAfter(place.epoch())) {
            if (member) {
                adopt(next);
            } else if (current.isPresent()) {
                expel();
            }
        }
    }

    /** Applies a new revision of the current epoch, in which only completeness and learners change. */
    private void revise(Chain next, boolean member) {
        if (member) {
            place.take(next);
            advance();
        } else {
            expel();
        }
    }

    private void adopt(Chain next) {
        // Commit under the old epoch first: whatever its tail had prepared was committed.
        raiseCommit();
        boolean wasHead = place.isHead();
        place.take(next);
        effects.add(new Effect.CloseStreams());
        successor.beginEpoch(log.durable());
        predecessor.close();
        if (!place.isHead()) {
            writes.giveUp();
            connect();
        } else if (!wasHead) {
            // Entries that are not durable here were never acknowledged, and their content may be gone with the former
            // head.
            log.dropAbove(log.durable());
        }
        standing.aim(log.last());
        advance();
        reads.askAnew();
    }

    private void expel() {
        place.lose();
        lease.giveUp();
        predecessor.close();
        successor.close();
        effects.add(new Effect.CloseStreams());
        writes.giveUp();
        reads.giveUp();
        effects.add(new Effect.Expelled());
    }

    /** Grants the lease until this time, counted from when the heartbeat was sent. */
    public void leased(long untilNanos) {
        lease.grant(untilNanos);
    }

    /** Releases the lease permanently before an announced stop; grants that are still in flight are ignored. */
    public void leaseGivenUp() {
        lease.giveUp();
    }

    /** Returns true while this member may answer strong reads and version queries and, as head, accept writes. */
    public boolean serves(long now) {
        return standing.serves(now);
    }

    /** Returns until when {@link #serves} remains true if nothing else happens; empty if it is false now. */
    public OptionalLong servesUntil() {
        return standing.servesUntil();
    }

    // ---- streams: the member as successor ----

    private void connect() {
        long stream = newStream();
        predecessor.connect(stream);
        effects.add(new Effect.ConnectPredecessor(
                stream,
                place.epoch(),
                place.predecessor().orElseThrow(),
                log.last(),
                log.epochStarts(),
                log.forgotten()));
    }

    /** The stream to the predecessor was refused or lost. */
    public void predecessorLost(long stream) {
        if (predecessor.is(stream)) {
            connect();
        }
    }

    /**
     * The predecessor accepted the stream: both logs agree up to {@code common}.
     *
     * @param base present when the predecessor has forgotten entries above {@code common}
     */
    public void welcomed(long stream, Seq common, Seq predecessorLast, Optional<LogBase> base) {
        if (!predecessor.is(stream) || predecessor.isOpen()) {
            return;
        }
        boolean anew = base.isPresent() && common.equals(Seq.NONE);
        boolean dropsCommitted = Seq.min(log.commit(), log.last()).isAfter(common);
        if (common.isAfter(Seq.min(log.last(), predecessorLast))
                || (dropsCommitted && (!anew || standing.isComplete()))) {
            distrustPredecessor("it asks to keep this log up to " + common + " of its own " + predecessorLast
                    + " entries; the last entry here is " + log.last() + ", the commit mark " + log.commit());
            return;
        }
        if (anew) {
            log.rebase(base.get());
        } else {
            log.dropAbove(common);
        }
        successor.dropped(log.last());
        predecessor.open(common);
        standing.aim(predecessorLast);
        advance();
    }

    /** Receives the next entry of the predecessor's log. */
    public void received(long stream, Entry entry) {
        if (!predecessor.isOpen(stream)) {
            return;
        }
        Optional<String> objection = entry.epoch().isAfter(place.epoch())
                ? Optional.of("entry " + entry.version() + " is of a later epoch than this one, " + place.epoch())
                : log.objection(entry);
        if (objection.isPresent()) {
            distrustPredecessor(objection.get());
            return;
        }
        log.append(entry);
        advance();
    }

    /** Closes the stream on which an impossible message arrived, and reconnects; everything else is unaffected. */
    private void distrustPredecessor(String reason) {
        effects.add(new Effect.NeighbourAtFault("the predecessor's message can't be true: " + reason));
        connect();
    }

    /** Everything up to the mark is durable on the predecessor and on all members before it. */
    public void prepared(long stream, Seq mark) {
        if (predecessor.isOpen(stream)) {
            predecessor.prepared(Seq.min(mark, log.last()));
            advance();
        }
    }

    // ---- streams: the member as predecessor ----

    /** Returns a new number for a stream that a successor opens. */
    public long newStream() {
        return ++streams;
    }

    /** A successor opened a stream and describes its log. */
    public void hello(
            long stream,
            NodeId from,
            Incarnation fromIncarnation,
            Epoch theirEpoch,
            EpochTable theirEpochs,
            Seq theirLast,
            Seq theirForgotten) {
        if (!place.precedes(from, fromIncarnation) || !theirEpoch.equals(place.epoch()) || !linked()) {
            effects.add(new Effect.RefuseSuccessor(stream));
            return;
        }
        Seq common = log.common(theirEpochs, theirLast);
        Optional<LogBase> base = log.forgotten().isAfter(common) ? Optional.of(log.base()) : Optional.empty();
        if (base.isPresent() && log.isForgetting()) {
            // The retained entries would still change while they are being sent.
            effects.add(new Effect.RefuseSuccessor(stream));
            return;
        }
        if (base.isPresent() && !theirForgotten.equals(log.forgotten())) {
            // A file that the successor holds may have been deleted since, and its tombstone forgotten.
            common = Seq.NONE;
        }
        // The connection attempts may have arrived out of order; closing the earlier stream makes the successor notice
        // that it is dead.
        successor.stream().ifPresent(former -> effects.add(new Effect.RefuseSuccessor(former)));
        successor.open(stream, common);
        effects.add(new Effect.WelcomeSuccessor(stream, common, log.last(), base));
        advance();
    }

    public void successorLost(long stream) {
        if (successor.is(stream)) {
            successor.close();
        }
    }

    /**
     * Delivers all entries that the log holds from the requested seq up to {@code through}, in order, for the
     * successor.
     */
    public void loaded(long stream, List<Entry> entries, Seq through) {
        successor.loaded(stream, entries, through);
        advance();
    }

    /** Receives the commit mark (the tail's prepared mark) that the successor knows. */
    public void committed(long stream, Seq mark) {
        // A tail decides the commit mark itself: any successor it has is a learner.
        if (!successor.is(stream) || place.isTail()) {
            return;
        }
        if (mark.isAfter(successor.highestCommit())) {
            effects.add(new Effect.NeighbourAtFault("the successor's message can't be true: it reports the commit mark "
                    + mark + ", but the highest prepared mark sent to it is " + successor.highestCommit()));
            effects.add(new Effect.RefuseSuccessor(stream));
            successor.close();
            return;
        }
        log.raiseCommit(mark);
        advance();
    }

    // ---- the log ----

    /** Everything up to here is durable on this node, content and metadata; the generation is that of the effect. */
    public void persisted(long generation, Seq upTo) {
        log.persisted(generation, upTo);
        advance();
    }

    /** Everything up to here is older than the time for which write ids are kept, by this node's wall clock. */
    public void settled(Seq upTo) {
        log.settled(upTo);
    }

    /** The deletions that {@link Effect.Forget} asked for, up to here, are done. */
    public void forgotten(Seq upTo) {
        log.forgotten(upTo);
        advance();
    }

    private Seq prepared() {
        return place.isHead() ? log.durable() : Seq.min(log.durable(), predecessor.prepared());
    }

    /** Returns true once this log agrees with the chain's up to its last entry; always true for a head. */
    private boolean linked() {
        return place.isHead() || predecessor.isOpen();
    }

    /** Does everything that follows from a change of a mark, the log or a link. */
    private void advance() {
        if (!place.isHeld()) {
            return;
        }
        raiseCommit();
        successor.feed(prepared());
        predecessor.commit(log.commit());
        if (linked() && !place.isLearner()) {
            standing.reached(prepared());
        }
        writes.answerClean();
        log.window().release(writes.floor());
        forget();
    }

    /**
     * Forgets entries up to the horizon, but only once the successor has been sent them: otherwise it could miss the
     * tombstone of a file that it still holds.
     */
    private void forget() {
        Seq horizon = place.chain().map(Chain::horizon).orElse(Seq.NONE);
        if (standing.isComplete() && !successor.isBelow(horizon)) {
            log.forget(horizon);
        }
    }

    /**
     * Raises the commit mark of a tail or a learner. What a learner has prepared is committed too, because its
     * predecessor is the tail.
     */
    private void raiseCommit() {
        if (place.isTail() || place.isLearner()) {
            log.raiseCommit(prepared());
        }
    }

    // ---- writes ----

    /** Submits a write whose content is stored here; ends in one {@link Effect.AnswerWrite}. */
    public void submit(long token, Write write, long now) {
        if (writes.submit(token, write, now)) {
            advance();
        }
    }

    /** Delivers what the database held for a write, read after it was asked for. */
    public void lookedUp(long token, Found found, long now) {
        if (writes.lookedUp(token, found, now)) {
            advance();
        }
    }

    /** The database lookup failed, so the write is refused and nothing has been written. */
    public void lookUpFailed(long token) {
        writes.lookUpFailed(token);
    }

    // ---- reads ----

    /** Submits a read; ends in one {@link Effect.AnswerRead}. */
    public void read(long token, Read read, long now) {
        reads.read(token, read, now);
    }

    /** Delivers the tail's commit mark, which the tail read after the query was sent. */
    public void tailAnswered(long query, Seq mark, long now) {
        reads.tailAnswered(query, mark, now);
    }

    /** The tail did not answer a query in time, or refused it. */
    public void tailSilent(long query, long now) {
        reads.tailSilent(query, now);
    }

    /**
     * Answers another member's query for the commit mark, if this member is the tail; empty if the query is refused,
     * for example because the epochs differ.
     */
    public Optional<Seq> versionQuery(NodeId from, Incarnation fromIncarnation, Epoch theirEpoch, long now) {
        boolean answered = place.isShared(from, fromIncarnation)
                && theirEpoch.equals(place.epoch())
                && place.isTail()
                && standing.serves(now);
        return answered ? Optional.of(log.commit()) : Optional.empty();
    }

    // ---- state ----

    public ReplicaReport report() {
        return new ReplicaReport(
                chainId,
                place.epoch(),
                log.lastEpoch(),
                log.last(),
                prepared(),
                log.commit(),
                log.settled(),
                standing.isComplete());
    }

    public Optional<Chain> chain() {
        return place.chain();
    }

    public Incarnation incarnation() {
        return place.incarnation();
    }

    /** Returns the seq of the newest entry that is durable here, committed or not. */
    public Seq durable() {
        return log.durable();
    }

    /** Returns the seq at or below which the log may lack entries. */
    public Seq forgotten() {
        return log.forgotten();
    }

    public Optional<Role> role() {
        return place.role();
    }
}
