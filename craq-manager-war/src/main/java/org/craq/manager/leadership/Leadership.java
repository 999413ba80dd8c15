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
 * Whether this manager leads, for all who act only then: drives the {@link Election} against the database. Rounds come from
 * one periodic task; everything else may be called from any thread.
 */
public final class Leadership {
    private static final Logger LOG = System.getLogger(Leadership.class.getName());
    /** A renewal may be under way, and its success makes the first try to give up the row fail. */
    private static final int TRIES_TO_GIVE_UP = 3;

    private final ManagerIdentity self;
    private final LeaseTable table;
    private final Election election;
    private final LongSupplier nanoTime;
    private Optional<UUID> told = Optional.empty();
    private volatile String trouble = "";

    /**
     * Nobody leads until the first round.
     *
     * @param nanoTime a monotonic clock
     */
    public Leadership(ManagerIdentity self, LeaseTimes times, LeaseTable table, LongSupplier nanoTime) {
        this.self = self;
        this.table = table;
        this.election = new Election(self, times);
        this.nanoTime = nanoTime;
    }

    /** True at this instant. */
    public boolean held() {
        return election.leads(nanoTime.getAsLong());
    }

    /**
     * Refuses what only the leader may do.
     *
     * @throws CraqException MANAGER_UNAVAILABLE, naming the leader if one is known
     */
    public void require() {
        if (!held()) {
            throw new CraqException(ErrorCode.MANAGER_UNAVAILABLE, whyNot());
        }
    }

    /** The term that is this manager's by the row, even while it may not act on it because a renewal is overdue. */
    public Optional<UUID> term() {
        return election.term();
    }

    public ManagerIdentity self() {
        return self;
    }

    /** The row as this manager saw it last; empty before it could be read. */
    public Optional<LeaseRecord> row() {
        return election.seen();
    }

    /** The manager that leads, when it is another one. */
    public Optional<ManagerIdentity> otherLeader() {
        return row().filter(row -> !row.released() && !term().equals(Optional.of(row.term())))
                .flatMap(LeaseRecord::holder);
    }

    /** Looks, renews or claims, whichever is due. Any exception of the table passes through; the next round goes on. */
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

    /** What to tell callers while this manager does not lead; until the next round that succeeds. */
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

    /** Gives the row up, so that another manager takes over at once. This one never leads again. */
    public void resign() {
        Optional<Attempt> attempt = election.resign();
        for (int i = 0; i < TRIES_TO_GIVE_UP && attempt.isPresent(); i++) {
            if (table.replace(attempt.get().expected().beat(), attempt.get().next())) {
                LOG.log(Level.INFO, "manager {0} has given up its leadership", self.id());
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
            return "manager " + self.id() + " has not been able to renew its leadership in time; it tries on";
        }
        return otherLeader()
                .map(leader -> "manager " + self.id() + " is a standby; manager " + leader.id() + " leads, at "
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
                    "manager {0} leads no longer; {1}",
                    self.id(),
                    otherLeader().map(leader -> leader.id() + " does").orElse("nobody is known to"));
        }
    }
}
