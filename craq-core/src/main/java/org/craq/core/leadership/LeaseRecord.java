package org.craq.core.leadership;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The leader's lease as the database holds it: one row, changed only by comparing its beat.
 *
 * @param term one leadership, from its claim to its end; every claim makes a fresh one
 * @param holder empty: nobody has led yet
 * @param beat counts every change of the row
 * @param released its holder has given it up; anybody may claim it at once
 * @param takeover how long the row must have stood still before anybody else may claim it, as its holder counts on
 * @param since when the term began, by its holder's calendar clock: for people, nothing is decided by it
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
