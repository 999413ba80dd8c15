package org.craq.core.leadership;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The leader's lease as stored in the database: one row, changed only by compare-and-set on its beat.
 *
 * @param term identifies one leadership from its claim to its end; every claim creates a new term
 * @param holder empty if no manager has led yet
 * @param beat counts every change of the row
 * @param released whether its holder has released it; any manager may then claim it at once
 * @param takeover how long the row must stay unchanged before another manager may claim it, as its holder assumes
 * @param since when the term began, by its holder's wall clock; for people only, no decision depends on it
 */
public record LeaseRecord(
        UUID term, Optional<ManagerIdentity> holder, long beat, boolean released, Duration takeover, Instant since) {
    public LeaseRecord {
        Objects.requireNonNull(term);
        Objects.requireNonNull(holder);
        Objects.requireNonNull(takeover);
        Objects.requireNonNull(since);
    }

    LeaseRecord renewed() {
        return new LeaseRecord(term, holder, beat + 1, false, takeover, since);
    }

    LeaseRecord givenUp() {
        return new LeaseRecord(term, holder, beat + 1, true, takeover, since);
    }

    LeaseRecord claimedBy(ManagerIdentity claimant, UUID newTerm, Duration itsTakeover, Instant now) {
        return new LeaseRecord(newTerm, Optional.of(claimant), beat + 1, false, itsTakeover, now);
    }
}
