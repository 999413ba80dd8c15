package org.craq.core.replica;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * Takes writes through the head: a database lookup, a place in the log, and the answer once the entry is clean. Each
 * write ends in one {@link Effect.AnswerWrite}.
 */
final class HeadWrites {
    private final Place place;
    private final Readiness standing;
    private final Log log;
    private final Sequencer sequencer;
    private final Consumer<Effect> effects;
    private final PendingWrites pending = new PendingWrites();

    HeadWrites(Place place, Readiness standing, Log log, Consumer<Effect> effects) {
        this.place = place;
        this.standing = standing;
        this.log = log;
        this.sequencer = new Sequencer(log.window());
        this.effects = effects;
    }

    /** Returns true if the write got its place at once. */
    boolean submit(long token, Write write, long now) {
        if (!place.isHead()) {
            refuse(token, Refusal.NOT_HEAD);
        } else if (!standing.serves(now)) {
            refuse(token, Refusal.NOT_SERVING);
        } else if (log.dirtyEntries() >= Replica.MAX_DIRTY_ENTRIES) {
            refuse(token, Refusal.OVERLOADED);
        } else if (isNew(write)) {
            place(token, write, Found.NOTHING);
            return true;
        } else {
            lookUp(token, write);
        }
        return false;
    }

    /**
     * Returns true if the database cannot hold anything that matters: the write has no condition, and every log that
     * holds the entry {@code youngerThan} held it before the first attempt was sent, so an earlier attempt of this
     * write can only stand above it.
     */
    private boolean isNew(Write write) {
        return write.conditions().isEmpty()
                && write.youngerThan()
                        .filter(log::holds)
                        .filter(version -> log.window().isNewAbove(version.seq(), write.id()))
                        .isPresent();
    }

    private void lookUp(long token, Write write) {
        pending.lookUp(token, write, log.durable());
        List<FileName> names =
                write.conditions().stream().map(Condition::name).distinct().toList();
        effects.accept(new Effect.LookUp(token, write.id(), names));
    }

    /** Returns false, and does nothing, if the write has been aborted in the meantime. */
    boolean lookedUp(long token, Found found, long now) {
        Optional<PendingWrites.LookingUp> lookingUp = pending.lookedUp(token);
        if (lookingUp.isEmpty()) {
            return false;
        }
        Write write = lookingUp.get().write();
        if (!standing.serves(now)) {
            refuse(token, Refusal.NOT_SERVING);
        } else if (found.versions().allMatch(log::holds)) {
            place(token, write, found);
        } else {
            // The lookup returned entries that were dropped when this member became the head.
            lookUp(token, write);
        }
        return true;
    }

    void lookUpFailed(long token) {
        pending.lookedUp(token).ifPresent(lookingUp -> refuse(token, Refusal.DATABASE_UNAVAILABLE));
    }

    private void place(long token, Write write, Found found) {
        Optional<Sequencer.Settled> settled = sequencer.settle(write, found);
        if (settled.isPresent()) {
            pending.answerWhenClean(settled.get().rests(), token, settled.get().outcome());
            return;
        }
        Entry entry = new Entry(
                place.epoch(), log.last().next(), write.operations(), write.createdAtMillis(), write.request());
        log.append(entry);
        pending.answerWhenClean(entry.seq(), token, new WriteOutcome.Written(entry.version(), entry.operations()));
    }

    /** Answers writes whose entries have become clean. */
    void answerClean() {
        pending.clean(log.commit()).forEach(this::answer);
    }

    /** Returns the lowest seq above which the window is still needed. */
    Seq floor() {
        return pending.floor(Seq.min(log.commit(), log.durable()));
    }

    /**
     * Aborts all open writes because this member is no longer the head. Entries already in the log may still become
     * clean.
     */
    void giveUp() {
        pending.giveUp().forEach(this::answer);
    }

    private void answer(PendingWrites.Answer answer) {
        effects.accept(new Effect.AnswerWrite(answer.token(), answer.outcome()));
    }

    private void refuse(long token, Refusal reason) {
        effects.accept(new Effect.AnswerWrite(token, new WriteOutcome.Refused(reason)));
    }
}
