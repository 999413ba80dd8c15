package org.craq.core.leadership;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One manager's part in the election of a leader through a lease row. This class only decides: its caller reads and
 * writes the row, and reports the results here. All times are nanoseconds of this manager's own monotonic clock; the
 * clocks of two managers are never compared.
 *
 * <p>Standby: reads the row repeatedly, and claims it once it has been released, or has not changed for the takeover
 * time since this manager first <em>saw</em> it in that state. Leader: renews the row, and acts only for a limited time
 * (its right), counted from <em>before</em> its last successful renewal. Resigned: does nothing any more.
 *
 * <p>Guarantees: no two managers may act at the same time, provided that the rates of their clocks differ by less than
 * the margin between right and takeover time. A manager that has lost the row never acts again in its former term.
 *
 * <p>Thread-safe.
 */
public final class Election {
    /**
     * A change of the row to attempt.
     *
     * @param expected the value that the row must still have
     */
    public record Attempt(LeaseRecord expected, LeaseRecord next) {}

    private final ManagerIdentity self;
    private final LeaseTimes times;
    private Optional<LeaseRecord> seen = Optional.empty();
    private long seenSince;
    /** The term that this manager claimed last, whether or not it knows the outcome. */
    private Optional<UUID> term = Optional.empty();
    /** When the last renewal known to have succeeded began; empty if this manager may not act. */
    private Optional<Long> renewedAt = Optional.empty();
    /** False until the row has been read again after a change that was refused or whose outcome is unknown. */
    private boolean certain;

    private boolean resigned;

    public Election(ManagerIdentity self, LeaseTimes times) {
        this.self = self;
        this.times = times;
    }

    /** Returns true while this manager may act as the leader. Check again right before each action. */
    public synchronized boolean leads(long now) {
        return !resigned
                && holds()
                && renewedAt.filter(at -> now - at < times.right().toNanos()).isPresent();
    }

    /** Returns this manager's term according to the row, even while it may not act on it. */
    public synchronized Optional<UUID> term() {
        return holds() ? term : Optional.empty();
    }

    /** Returns the row as this manager knows it. */
    public synchronized Optional<LeaseRecord> seen() {
        return seen;
    }

    /** Returns true if the row must be read before anything else. */
    public synchronized boolean mustLook() {
        return !resigned && !(certain && holds());
    }

    /**
     * Reports the row that was read. The time is taken after the answer, when whatever the row contains had already
     * been written.
     */
    public synchronized void looked(LeaseRecord row, long now) {
        if (!seen.equals(Optional.of(row))) {
            seen = Optional.of(row);
            seenSince = now;
        }
        certain = true;
        if (!holds()) {
            term = Optional.empty();
            renewedAt = Optional.empty();
        }
    }

    /**
     * Returns the change to attempt now, if any: a renewal that is due, or a claim.
     *
     * @param fresh the term of a claim
     * @param since when a claim is made, for people
     */
    public synchronized Optional<Attempt> next(long now, UUID fresh, Instant since) {
        if (resigned || !certain) {
            return Optional.empty();
        }
        LeaseRecord row = seen.orElseThrow();
        if (holds()) {
            boolean due =
                    renewedAt.filter(at -> now - at < times.beat().toNanos()).isEmpty();
            return due ? Optional.of(new Attempt(row, row.renewed())) : Optional.empty();
        }
        if (row.released() || now - seenSince >= standstill(row)) {
            term = Optional.of(fresh);
            return Optional.of(new Attempt(row, row.claimedBy(self, fresh, times.takeover(), since)));
        }
        return Optional.empty();
    }

    /**
     * Uses the longer of both takeover times: even a manager configured with a shorter one waits until the leader's
     * right has ended.
     */
    private long standstill(LeaseRecord row) {
        return Math.max(times.takeover().toNanos(), row.takeover().toNanos());
    }

    /** Reports that the change was made; {@code began} was taken before the attempt. */
    public synchronized void succeeded(Attempt attempt, long began) {
        seen = Optional.of(attempt.next());
        renewedAt = Optional.of(began);
        certain = true;
    }

    /**
     * Reports that the row had changed: another manager has it, or an earlier attempt of unknown outcome has succeeded.
     */
    public synchronized void refused() {
        certain = false;
        renewedAt = Optional.empty();
    }

    /** Reports an attempt of unknown outcome. The right from the last successful renewal continues. */
    public synchronized void failed() {
        certain = false;
    }

    /**
     * Resigns permanently. Returns the change that releases the row, if this manager holds it, so that another one need
     * not wait.
     */
    public synchronized Optional<Attempt> resign() {
        resigned = true;
        return seen.filter(row -> holds()).map(row -> new Attempt(row, row.givenUp()));
    }

    private boolean holds() {
        return seen.filter(row -> !row.released() && term.equals(Optional.of(row.term())))
                .isPresent();
    }
}
