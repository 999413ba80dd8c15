package org.craq.core.replica;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * Decides at which mark a read is answered: at this member's own mark if that is fresh enough, otherwise at the tail's
 * commit mark (section 2.3 of the CRAQ paper). Each read ends in one {@link Effect.AnswerRead}.
 */
final class Reads {
    private final Place place;
    private final Readiness standing;
    private final Log log;
    private final Consumer<Effect> effects;
    private final PendingReads pending = new PendingReads();
    /** The tail's last answer: no entry above the mark was committed when the tail was asked. */
    private Confirmed confirmed = new Confirmed(Seq.NONE, OptionalLong.empty());

    private record Confirmed(Seq mark, OptionalLong asOf) {}

    Reads(Place place, Readiness standing, Log log, Consumer<Effect> effects) {
        this.place = place;
        this.standing = standing;
        this.log = log;
        this.effects = effects;
    }

    void read(long token, Read read, long now) {
        if (!standing.isComplete()) {
            refuse(token, Refusal.NOT_SERVING);
            return;
        }
        Optional<ReadOutcome.At> here = here(read, now).filter(at -> reaches(at, read.atLeast()));
        if (here.isPresent()) {
            effects.accept(new Effect.AnswerRead(token, here.get()));
        } else if (!standing.serves(now)) {
            refuse(token, Refusal.NOT_SERVING);
        } else if (place.isTail()) {
            answer(token, read.atLeast(), log.commit());
        } else if (pending.size() >= Replica.MAX_WAITING_READS) {
            refuse(token, Refusal.OVERLOADED);
        } else {
            pending.add(token, read.atLeast());
            askTail(OptionalLong.of(now));
        }
    }

    /** Returns the answer that this member can give without asking the tail. */
    private Optional<ReadOutcome.At> here(Read read, long now) {
        Freshness freshness = read.freshness();
        if (freshness instanceof Freshness.Eventual) {
            return Optional.of(at(best(), ReadOutcome.Level.EVENTUAL, false, OptionalLong.empty()));
        } else if (freshness instanceof Freshness.Uncommitted) {
            return Optional.of(uncommitted());
        } else if (freshness instanceof Freshness.Bounded bounded) {
            return strongHere(read.files(), now).or(() -> bounded(bounded, read.files(), now));
        } else {
            return strongHere(read.files(), now);
        }
    }

    private Optional<ReadOutcome.At> strongHere(Set<FileName> files, long now) {
        boolean current =
                standing.serves(now) && (place.isTail() || dirty(files).equals(OptionalLong.of(0)));
        return current ? Optional.of(strong(log.commit())) : Optional.empty();
    }

    private Optional<ReadOutcome.At> bounded(Freshness.Bounded bounded, Set<FileName> files, long now) {
        OptionalLong until = OptionalLong.empty();
        if (bounded.maxAgeNanos().isPresent()) {
            OptionalLong asOf = asOf(now);
            if (asOf.isEmpty() || now - asOf.getAsLong() > bounded.maxAgeNanos().getAsLong()) {
                return Optional.empty();
            }
            until = OptionalLong.of(asOf.getAsLong() + bounded.maxAgeNanos().getAsLong());
        }
        boolean byLag = bounded.maxLag().isPresent();
        if (byLag) {
            // Every committed entry has passed through this member, because nothing can be committed without it while
            // it serves.
            OptionalLong dirty = dirty(files);
            if (!standing.serves(now)
                    || dirty.isEmpty()
                    || dirty.getAsLong() > bounded.maxLag().getAsLong()) {
                return Optional.empty();
            }
        }
        return Optional.of(at(best(), ReadOutcome.Level.BOUNDED, byLag, until));
    }

    /** Returns the last time at which this member knew the highest commit mark in the chain. */
    private OptionalLong asOf(long now) {
        // A tail decides what is committed while it holds the lease.
        if (!place.isTail()) {
            return confirmed.asOf();
        }
        OptionalLong until = standing.servesUntil();
        return until.isPresent() && until.getAsLong() - now > 0 ? OptionalLong.of(now) : until;
    }

    /** Returns how many versions may lie above the commit mark; empty if that is unknown. */
    private OptionalLong dirty(Set<FileName> files) {
        if (files.isEmpty()) {
            return OptionalLong.of(log.dirtyEntries());
        }
        long sum = 0;
        for (FileName file : files) {
            OptionalLong dirty = log.dirtyVersions(file);
            if (dirty.isEmpty()) {
                return dirty;
            }
            sum += dirty.getAsLong();
        }
        return OptionalLong.of(sum);
    }

    /** Returns the highest mark known here to be committed. */
    private Seq best() {
        return Seq.max(confirmed.mark(), log.commit());
    }

    private ReadOutcome.At strong(Seq mark) {
        return at(mark, ReadOutcome.Level.STRONG, true, OptionalLong.empty());
    }

    private ReadOutcome.At uncommitted() {
        Seq mark = log.durable();
        Seq seen = Seq.min(mark, best());
        return new ReadOutcome.At(mark, log.version(seen), ReadOutcome.Level.UNCOMMITTED, false, OptionalLong.empty());
    }

    private ReadOutcome.At at(Seq mark, ReadOutcome.Level level, boolean leased, OptionalLong until) {
        return new ReadOutcome.At(mark, log.version(mark), level, leased, until);
    }

    private boolean reaches(ReadOutcome.At at, Optional<Version> atLeast) {
        return atLeast.filter(version -> version.seq().isAfter(at.mark()) || !log.holds(version))
                .isEmpty();
    }

    /** Restarts pending queries: the tail may have changed, so the answer to a query in flight no longer counts. */
    void askAnew() {
        pending.restart();
        askTail(OptionalLong.empty());
    }

    private void askTail(OptionalLong now) {
        place.chain()
                .filter(chain -> pending.ask(now))
                .ifPresent(chain -> effects.accept(new Effect.AskTail(pending.query(), chain.epoch(), chain.tail())));
    }

    void tailAnswered(long query, Seq mark, long now) {
        pending.answered(query).ifPresent(answered -> {
            if (standing.isComplete() && mark.isAfter(log.durable())) {
                effects.accept(
                        new Effect.NeighbourAtFault("the tail's answer can't be true: it reports the commit mark "
                                + mark + ", but only the entries up to " + log.durable() + " are durable here"));
                answered.reads().forEach(read -> refuse(read.token(), Refusal.TAIL_SILENT));
                return;
            }
            Seq best = Seq.max(mark, best());
            if (answered.sent().isPresent()) {
                confirmed = new Confirmed(best, answered.sent());
            }
            for (PendingReads.Waiting read : answered.reads()) {
                if (standing.serves(now)) {
                    answer(read.token(), read.atLeast(), best);
                } else {
                    refuse(read.token(), Refusal.NOT_SERVING);
                }
            }
        });
        askTail(OptionalLong.of(now));
    }

    void tailSilent(long query, long now) {
        pending.answered(query)
                .ifPresent(answered -> answered.reads().forEach(read -> refuse(read.token(), Refusal.TAIL_SILENT)));
        askTail(OptionalLong.of(now));
    }

    void giveUp() {
        pending.clear().forEach(read -> refuse(read.token(), Refusal.NOT_SERVING));
    }

    /**
     * Answers a read at a mark that is linearizable. Everything that a session has seen lies at or below such a mark,
     * unless this chain was never in that state.
     */
    private void answer(long token, Optional<Version> atLeast, Seq mark) {
        ReadOutcome.At at = strong(mark);
        if (reaches(at, atLeast)) {
            effects.accept(new Effect.AnswerRead(token, at));
        } else {
            refuse(token, Refusal.SESSION_UNKNOWN);
        }
    }

    private void refuse(long token, Refusal reason) {
        effects.accept(new Effect.AnswerRead(token, new ReadOutcome.Refused(reason)));
    }
}
