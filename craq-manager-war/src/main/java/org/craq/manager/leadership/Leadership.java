package org.craq.manager.leadership;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.craq.core.leadership.Election;
import org.craq.core.leadership.Election.Attempt;
import org.craq.core.leadership.LeaseRecord;
import org.craq.core.leadership.LeaseTimes;
import org.craq.core.leadership.ManagerIdentity;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Whether this manager leads, for all code that may act only then: runs the {@link Election} against the database.
 * Rounds are run by one periodic task; all other methods may be called from any thread.
 */
public final class Leadership {
    private static final Logger LOG = System.getLogger(Leadership.class.getName());
    /** A renewal may be in progress; if it succeeds, the first attempt to release the row fails. */
    private static final int TRIES_TO_GIVE_UP = 3;

    private final ManagerIdentity self;
    private final LeaseTable table;
    private final Election election;
    private final LongSupplier nanoTime;
    private Optional<UUID> told = Optional.empty();
    private volatile String trouble = "";

    /**
     * Creates a leadership that is not held before the first round.
     *
     * @param nanoTime a monotonic clock
     */
    public Leadership(ManagerIdentity self, LeaseTimes times, LeaseTable table, LongSupplier nanoTime) {
        this.self = self;
        this.table = table;
        this.election = new Election(self, times);
        this.nanoTime = nanoTime;
    }

    /** Returns whether this manager leads at this instant. */
    public boolean held() {
        return election.leads(nanoTime.getAsLong());
    }

    /**
     * Fails unless this manager leads.
     *
     * @throws CraqException MANAGER_UNAVAILABLE, naming the leader if one is known
     */
    public void require() {
        if (!held()) {
            throw new CraqException(ErrorCode.MANAGER_UNAVAILABLE, whyNot());
        }
    }

    /** Returns this manager's term according to the row, even while it may not act because a renewal is overdue. */
    public Optional<UUID> term() {
        return election.term();
    }

    public ManagerIdentity self() {
        return self;
    }

    /** Returns the row as this manager last saw it; empty if it has not been read yet. */
    public Optional<LeaseRecord> row() {
        return election.seen();
    }

    /** Returns the manager that leads, if it is another one. */
    public Optional<ManagerIdentity> otherLeader() {
        return row().filter(row -> !row.released() && !term().equals(Optional.of(row.term())))
                .flatMap(LeaseRecord::holder);
    }

    /**
     * Reads, renews or claims the row, whichever is due. Exceptions of the table are passed on; the next round
     * continues.
     */
    public void round() {
        boolean answered = false;
        try {
            if (election.mustLook()) {
                LeaseRecord row = table.read();
                election.looked(row, nanoTime.getAsLong());
            }
            election.next(nanoTime.getAsLong(), UUID.randomUUID(), Instant.now())
                    .ifPresent(this::perform);
            trouble = "";
            answered = true;
        } finally {
            if (!answered) {
                election.failed();
            }
            tell();
        }
    }

    /** Sets the reason that callers receive while this manager does not lead, until a round succeeds. */
    public void troubled(String what) {
        trouble = what;
    }

    private void perform(Attempt attempt) {
        long began = nanoTime.getAsLong();
        if (table.replace(attempt.expected().beat(), attempt.next())) {
            election.succeeded(attempt, began);
        } else {
            election.refused();
        }
    }

    /** Releases the row, so that another manager can take over at once. This one never leads again. */
    public void resign() {
        Optional<Attempt> attempt = election.resign();
        for (int i = 0; i < TRIES_TO_GIVE_UP && attempt.isPresent(); i++) {
            if (table.replace(attempt.get().expected().beat(), attempt.get().next())) {
                LOG.log(Level.INFO, "manager {0} has released its leadership", self.id());
                return;
            }
            election.looked(table.read(), nanoTime.getAsLong());
            attempt = election.resign();
        }
    }

    private String whyNot() {
        if (!trouble.isEmpty()) {
            return trouble;
        }
        if (term().isPresent()) {
            return "manager " + self.id() + " could not renew its leadership in time; it will keep retrying";
        }
        return otherLeader()
                .map(leader -> "manager " + self.id() + " is a standby; the leader is manager " + leader.id() + " at "
                        + leader.grpcAddress())
                .orElse("no manager leads yet");
    }

    private void tell() {
        Optional<UUID> now = term();
        if (now.equals(told)) {
            return;
        }
        told = now;
        if (now.isPresent()) {
            LOG.log(Level.INFO, "manager {0} leads, term {1}", self.id(), now.get());
        } else {
            LOG.log(
                    Level.WARNING,
                    "manager {0} no longer leads; {1}",
                    self.id(),
                    otherLeader().map(leader -> "the leader is " + leader.id()).orElse("no leader is known"));
        }
    }
}
