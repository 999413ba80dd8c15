package org.craq.manager.membership;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Wish;
import org.craq.manager.leadership.Leadership;
import org.craq.manager.store.LeaderStore;
import org.craq.manager.store.MembershipStore;
import org.craq.manager.store.WishStore;
import org.craq.server.Schema;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Takes part in the competition for the lead; at the beginning of each term reads the database, then records each change
 * that the membership proposes, and deletes nodes that it has forgotten. Runs periodically, and at once when a node says
 * goodbye, one run at a time. The only writer of chains. It outlives every failure, since the next run tries again.
 */
public final class MembershipKeeper implements Runnable {
    private static final Logger LOG = System.getLogger(MembershipKeeper.class.getName());
    /** A database that stays away is asked less often: each try costs the server a stack trace in its log. */
    private static final int RUNS_SKIPPED_AFTER_FAILURES = 4;
    /** One that is still under way may be of a node that is being forgotten; nodes wait no longer for it. */
    private static final Duration LONGEST_REGISTRATION = Duration.ofSeconds(8);

    private final Leadership leadership;
    private final Membership membership;
    private final MembershipStore store;
    private final WishStore wishStore;
    private final LeaderStore leaderStore;
    private final Schema schema;
    private final List<ChainId> chains;
    private boolean migrated;
    private Optional<UUID> begun = Optional.empty();
    private boolean failed;
    private int runsToSkip;

    public MembershipKeeper(
            Leadership leadership,
            Membership membership,
            MembershipStore store,
            WishStore wishStore,
            LeaderStore leaderStore,
            Schema schema,
            List<ChainId> chains) {
        this.leadership = leadership;
        this.membership = membership;
        this.store = store;
        this.wishStore = wishStore;
        this.leaderStore = leaderStore;
        this.schema = schema;
        this.chains = List.copyOf(chains);
    }

    @Override
    public synchronized void run() {
        if (runsToSkip > 0) {
            runsToSkip--;
            return;
        }
        try {
            keep();
            if (failed) {
                LOG.log(Level.INFO, "the database answers again");
                failed = false;
            }
        } catch (Exception e) {
            // Also checked ones, which no signature tells of: a container throws them when a commit fails.
            failed(e);
        }
    }

    private void failed(Exception failure) {
        if (failure instanceof CraqException refusal && refusal.code() == ErrorCode.MANAGER_UNAVAILABLE) {
            LOG.log(Level.DEBUG, "the right to lead ended between two steps", failure);
            return;
        }
        leadership.troubled("the manager can't use its database; look into the manager's log");
        // One failure may be a conflict that the next try does not meet.
        runsToSkip = failed ? RUNS_SKIPPED_AFTER_FAILURES : 0;
        if (!failed) {
            LOG.log(
                    Level.ERROR,
                    "the manager can't use its database; it tries on. Check that the data source jdbc/craq"
                            + " (craq.db.url, craq.db.user, craq.db.password) reaches a running server",
                    failure);
            failed = true;
        }
    }

    private void keep() {
        if (!migrated) {
            schema.migrate();
            migrated = true;
        }
        leadership.round();
        Optional<UUID> term = leadership.term();
        if (!term.equals(begun)) {
            membership.end();
            begun = Optional.empty();
        }
        // A term whose renewal is overdue is left as it is: nobody else can have changed anything meanwhile.
        if (term.isEmpty() || !leadership.held()) {
            return;
        }
        if (begun.isEmpty()) {
            begin();
            begun = term;
        }
        for (Chain next : membership.propose()) {
            record(term.get(), next);
        }
        Set<NodeId> silent = membership.forget();
        if (!silent.isEmpty()
                && leaderStore.forget(term.get(), silent, Instant.now().minus(LONGEST_REGISTRATION))) {
            membership.forgotten(silent);
        }
    }

    private void begin() {
        Map<ChainId, Optional<Chain>> recorded = new LinkedHashMap<>();
        Map<ChainId, Wish> wishes = new LinkedHashMap<>();
        for (ChainId id : chains) {
            recorded.put(id, store.chain(id));
            wishStore.wish(id).ifPresent(wish -> wishes.put(id, wish));
        }
        membership.begin(store.nodes(), recorded, wishes);
    }

    private void record(UUID term, Chain next) {
        boolean recorded = leaderStore.replace(term, next);
        // Otherwise a former try has landed after all, or another manager leads.
        membership.adopt(next.id(), recorded ? Optional.of(next) : store.chain(next.id()));
    }
}
