package org.craq.core.leadership;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One manager's part in the competition for the leader's lease. Decides only: its caller reads and writes the row, and
 * tells here what came of it. All times are of this manager's own monotonic clock, in nanoseconds; no clocks of two
 * managers are ever compared.
 *
 * <p>Standby: looks at the row again and again; claims it when it has been given up, or has stood still for the takeover
 * time since this manager first <em>saw</em> it so. Leader: renews it; acts only for the length of its right, counted from
 * <em>before</em> its last successful renewal. Resigned: does nothing any more.
 *
 * <p>Guarantees: no two managers may act at one instant, as long as their clocks run equally fast within the margin between
 * right and takeover time. Who has lost the row never acts again on its former term.
 *
 * <p>Thread-safe.
 */
public final class Election {
    /**
     * A change of the row to try.
     *
     * @param expected what the row must still be
     */
    public record Attempt(LeaseRecord expected, LeaseRecord next) {}

    private final ManagerIdentity self;
    private final LeaseTimes times;
    private Optional<LeaseRecord> seen = Optional.empty();
    private long seenSince;
    /** The term that this manager has claimed last, whether or not it knows the outcome. */
    private Optional<UUID> term = Optional.empty();
    /** When the last renewal began that is known to have succeeded; empty: may not act. */
    private Optional<Long> renewedAt = Optional.empty();
    /** False until the row has been looked at after a change whose outcome is unknown or was refused. */
    private boolean certain;

    private boolean resigned;

    public Election(ManagerIdentity self, LeaseTimes times) {
        this.self = self;
        this.times = times;
    }

    /** True while this manager may act as the leader. Ask again right before each act. */
    public synchronized boolean leads(long now) {
        return !resigned
                && holds()
                && renewedAt.filter(at -> now - at < times.right().toNanos()).isPresent();
    }

    /** The term that the row says is this manager's, even while it may not act on it. */
    public synchronized Optional<UUID> term() {
        return holds() ? term : Optional.empty();
    }

    /** The row as this manager knows it. */
    public synchronized Optional<LeaseRecord> seen() {
        return seen;
    }

    /** True when the row has to be looked at before anything else. */
    public synchronized boolean mustLook() {
        return !resigned && !(certain && holds());
    }

    /** The row as it was read; the time is that after the answer, when whatever had been written before it was written. */
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
     * What to try now, if anything: a renewal that is due, or a claim.
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

    /** Whoever was set up with a shorter time than the leader still waits until the leader's right has ended. */
    private long standstill(LeaseRecord row) {
        return Math.max(times.takeover().toNanos(), row.takeover().toNanos());
    }

    /** The change was made; {@code began} is from before it was tried. */
    public synchronized void succeeded(Attempt attempt, long began) {
        seen = Optional.of(attempt.next());
        renewedAt = Optional.of(began);
        certain = true;
    }

    /** The row was another one by then: somebody else has it, or an earlier try of unknown outcome has landed. */
    public synchronized void refused() {
        certain = false;
        renewedAt = Optional.empty();
    }

    /** Whether the change was made is unknown. The right of the last successful renewal goes on. */
    public synchronized void failed() {
        certain = false;
    }

    /** Never acts again; what to try so that another manager need not wait, if the row is this one's. */
    public synchronized Optional<Attempt> resign() {
        resigned = true;
        return seen.filter(row -> holds()).map(row -> new Attempt(row, row.givenUp()));
    }

    private boolean holds() {
        return seen.filter(row -> !row.released() && term.equals(Optional.of(row.term())))
                .isPresent();
    }
}
