package org.craq.core.replica;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * At which mark a read is answered: at this member's own where that is fresh enough, else at the commit mark that the tail
 * names (section 2.3 of the CRAQ paper). Each read ends in one {@link Effect.AnswerRead}.
 */
final class Reads {
    private final Place place;
    private final Readiness standing;
    private final Log log;
    private final Consumer<Effect> effects;
    private final PendingReads pending = new PendingReads();
    /** What the tail said last; every entry above it was not committed yet when the tail was asked. */
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

    /** The answer that this member can give by itself. */
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
            // Every committed entry has passed this member, as long as nobody can commit without it.
            OptionalLong dirty = dirty(files);
            if (!standing.serves(now)
                    || dirty.isEmpty()
                    || dirty.getAsLong() > bounded.maxLag().getAsLong()) {
                return Optional.empty();
            }
        }
        return Optional.of(at(best(), ReadOutcome.Level.BOUNDED, byLag, until));
    }

    /** When this member last knew every commit mark there was. */
    private OptionalLong asOf(long now) {
        // A tail decides what is committed for as long as it has the lease.
        if (!place.isTail()) {
            return confirmed.asOf();
        }
        OptionalLong until = standing.servesUntil();
        return until.isPresent() && until.getAsLong() - now > 0 ? OptionalLong.of(now) : until;
    }

    /** How many versions may lie above the commit mark; empty when that can't be told. */
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

    /** The highest mark that is known here to be committed. */
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

    /** The tail may be another now: its answer to a query under way no longer counts. */
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
                effects.accept(new Effect.NeighbourAtFault("the tail's word can't be true: it tells the commit mark "
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

    /** At a mark that is linearizable. What a session has seen lies below any, unless this chain never was in that state. */
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
