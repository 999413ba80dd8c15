package org.craq.core.replica;

import java.util.function.Consumer;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * At which commit mark a strong read is answered: at this member's own where nothing above it matters, else at the one
 * that the tail names (section 2.3 of the CRAQ paper). Each read ends in one {@link Effect.AnswerRead}.
 */
final class StrongReads {
    private final Place place;
    private final Standing standing;
    private final Log log;
    private final Consumer<Effect> effects;
    private final PendingReads pending = new PendingReads();

    StrongReads(Place place, Standing standing, Log log, Consumer<Effect> effects) {
        this.place = place;
        this.standing = standing;
        this.log = log;
        this.effects = effects;
    }

    void read(long token, FileName name, long now) {
        read(token, log.isDirty(name), now);
    }

    void readAll(long token, long now) {
        read(token, log.dirtyEntries() > 0, now);
    }

    private void read(long token, boolean dirty, long now) {
        if (!standing.serves(now)) {
            refuse(token, Refusal.NOT_SERVING);
        } else if (!dirty || place.isTail()) {
            answer(token, log.commit());
        } else if (pending.size() >= Replica.MAX_WAITING_READS) {
            refuse(token, Refusal.OVERLOADED);
        } else {
            pending.add(token);
            askTail();
        }
    }

    /** The tail may be another now: its answer to a query under way no longer counts. */
    void askAnew() {
        pending.restart();
        askTail();
    }

    private void askTail() {
        place.chain()
                .filter(chain -> pending.ask())
                .ifPresent(chain -> effects.accept(new Effect.AskTail(pending.query(), chain.epoch(), chain.tail())));
    }

    void tailAnswered(long query, Seq mark, long now) {
        for (long token : pending.answered(query)) {
            if (standing.serves(now)) {
                answer(token, Seq.max(mark, log.commit()));
            } else {
                refuse(token, Refusal.NOT_SERVING);
            }
        }
        askTail();
    }

    void tailSilent(long query) {
        pending.answered(query).forEach(token -> refuse(token, Refusal.TAIL_SILENT));
        askTail();
    }

    void giveUp() {
        pending.clear().forEach(token -> refuse(token, Refusal.NOT_SERVING));
    }

    private void answer(long token, Seq mark) {
        effects.accept(new Effect.AnswerRead(token, new ReadOutcome.At(mark)));
    }

    private void refuse(long token, Refusal reason) {
        effects.accept(new Effect.AnswerRead(token, new ReadOutcome.Refused(reason)));
    }
}
