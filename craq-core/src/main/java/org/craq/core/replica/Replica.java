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
 * complete. A new epoch leads back to linking, a complete member stays complete. A learner does all of this but become
 * complete. Expelled is final.
 */
public final class Replica {
    /** Entries that may be dirty at once; further writes are refused as OVERLOADED. */
    public static final int MAX_DIRTY_ENTRIES = 8192;
    /** Reads that may wait for the tail at once. */
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

    /** What is to be done since the last call, in this order. */
    public List<Effect> drain() {
        List<Effect> taken = new ArrayList<>(effects);
        effects.clear();
        return taken;
    }

    // ---- membership ----

    /** The manager's newest configuration of this chain, whether this node is in it or not. */
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

    /** Within an epoch only completeness and learners change. */
    private void revise(Chain next, boolean member) {
        if (member) {
            place.take(next);
            advance();
        } else {
            expel();
        }
    }

    private void adopt(Chain next) {
        // The mark as the old epoch defined it: what a tail had prepared was committed.
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
            // What is not durable here was promised to nobody, and its content may be gone with the former head.
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

    /** The lease lasts until then; counted from when the heartbeat was sent. */
    public void leased(long untilNanos) {
        lease.grant(untilNanos);
    }

    /** Gives the lease back for good, before an announced stop: one that is still on its way is not taken any more. */
    public void leaseGivenUp() {
        lease.giveUp();
    }

    /** True while this member may answer strong reads and version queries and, as head, take writes. */
    public boolean serves(long now) {
        return standing.serves(now);
    }

    /** Until when {@link #serves} holds if nothing else happens; empty when it does not. */
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

    /** The stream to the predecessor was refused or broke. */
    public void predecessorLost(long stream) {
        if (predecessor.is(stream)) {
            connect();
        }
    }

    /**
     * The predecessor took the stream: both logs agree up to {@code common}.
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
            distrustPredecessor("it wants this log to be kept up to " + common + " of its own " + predecessorLast
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

    /** The next entry of the predecessor's log. */
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

    /** What comes from a neighbour and can't be true ends the stream that it came by, and nothing else. */
    private void distrustPredecessor(String reason) {
        effects.add(new Effect.NeighbourAtFault("the predecessor's word can't be true: " + reason));
        connect();
    }

    /** Everything up to the mark is durable on the predecessor and all before it. */
    public void prepared(long stream, Seq mark) {
        if (predecessor.isOpen(stream)) {
            predecessor.prepared(Seq.min(mark, log.last()));
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
            Seq theirLast,
            Seq theirForgotten) {
        if (!place.precedes(from, fromIncarnation) || !theirEpoch.equals(place.epoch()) || !linked()) {
            effects.add(new Effect.RefuseSuccessor(stream));
            return;
        }
        Seq common = log.common(theirEpochs, theirLast);
        Optional<LogBase> base = log.forgotten().isAfter(common) ? Optional.of(log.base()) : Optional.empty();
        if (base.isPresent() && log.isForgetting()) {
            // What is left would still change while it is being sent.
            effects.add(new Effect.RefuseSuccessor(stream));
            return;
        }
        if (base.isPresent() && !theirForgotten.equals(log.forgotten())) {
            // Something of what it holds may have been deleted, and that forgotten, since.
            common = Seq.NONE;
        }
        // A late attempt to connect may have come second: the successor must notice that its other stream is dead.
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

    /** All entries that the log holds from the one asked for to {@code through}, in order, for the successor. */
    public void loaded(long stream, List<Entry> entries, Seq through) {
        successor.loaded(stream, entries, through);
        advance();
    }

    /** The tail's prepared mark, as the successor knows it. */
    public void committed(long stream, Seq mark) {
        // A tail knows best: behind it is only a learner.
        if (!successor.is(stream) || place.isTail()) {
            return;
        }
        if (mark.isAfter(successor.highestCommit())) {
            effects.add(new Effect.NeighbourAtFault("the successor's word can't be true: it tells the commit mark "
                    + mark + ", but was told of nothing prepared above " + successor.highestCommit()));
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

    /** What was to be forgotten up to here is deleted. */
    public void forgotten(Seq upTo) {
        log.forgotten(upTo);
        advance();
    }

    private Seq prepared() {
        return place.isHead() ? log.durable() : Seq.min(log.durable(), predecessor.prepared());
    }

    /** True once the log is that of the chain up to its last entry; a head's always is. */
    private boolean linked() {
        return place.isHead() || predecessor.isOpen();
    }

    /** Everything that follows from a mark, the log or a link having moved. */
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

    /** Nothing is forgotten that a successor still has to be sent: it could miss a tombstone of what it already holds. */
    private void forget() {
        Seq horizon = place.chain().map(Chain::horizon).orElse(Seq.NONE);
        if (standing.isComplete() && !successor.isBelow(horizon)) {
            log.forget(horizon);
        }
    }

    /** What a learner has prepared is committed too: its predecessor is the tail. */
    private void raiseCommit() {
        if (place.isTail() || place.isLearner()) {
            log.raiseCommit(prepared());
        }
    }

    // ---- writes ----

    /** A write whose content is stored here and asks for its place; ends in one {@link Effect.AnswerWrite}. */
    public void submit(long token, Write write, long now) {
        if (writes.submit(token, write, now)) {
            advance();
        }
    }

    /** What the database knew of a write, at or after the time when it was asked. */
    public void lookedUp(long token, Found found, long now) {
        if (writes.lookedUp(token, found, now)) {
            advance();
        }
    }

    /** The look into the database failed: nothing was written. */
    public void lookUpFailed(long token) {
        writes.lookUpFailed(token);
    }

    // ---- reads ----

    /** Ends in one {@link Effect.AnswerRead}. */
    public void read(long token, Read read, long now) {
        reads.read(token, read, now);
    }

    /** The tail's commit mark, read there after the query was sent. */
    public void tailAnswered(long query, Seq mark, long now) {
        reads.tailAnswered(query, mark, now);
    }

    /** The tail did not answer a query in time, or refused it. */
    public void tailSilent(long query, long now) {
        reads.tailSilent(query, now);
    }

    /** A member asks this one, as the tail, for its commit mark; empty: refused, the asker's epoch is not this one's. */
    public Optional<Seq> versionQuery(NodeId from, Incarnation fromIncarnation, Epoch theirEpoch, long now) {
        boolean answered = place.isShared(from, fromIncarnation)
                && theirEpoch.equals(place.epoch())
                && place.isTail()
                && standing.serves(now);
        return answered ? Optional.of(log.commit()) : Optional.empty();
    }

    // ---- what it is ----

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

    /** Newest version that is durable here, committed or not. */
    public Seq durable() {
        return log.durable();
    }

    /** At or below it the log may lack entries. */
    public Seq forgotten() {
        return log.forgotten();
    }

    public Optional<Role> role() {
        return place.role();
    }
}
