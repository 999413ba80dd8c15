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
import org.craq.manager.users.Users;
import org.craq.server.Schema;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Runs the leader election. At the beginning of each term it reads the database; after that it records each change that
 * the membership proposes, and deletes nodes that have been forgotten. It runs periodically, and at once when a node
 * announces its stop, one run at a time. It is the only writer of chains. It survives every failure, since the next run
 * tries again.
 */
public final class MembershipKeeper implements Runnable {
    private static final Logger LOG = System.getLogger(MembershipKeeper.class.getName());
    /**
     * While the database stays unavailable it is accessed less often, since each attempt writes a stack trace to the
     * server's log.
     */
    private static final int RUNS_SKIPPED_AFTER_FAILURES = 4;
    /**
     * A registration in progress may be that of a node that is being forgotten; nodes wait for it no longer than this.
     */
    private static final Duration LONGEST_REGISTRATION = Duration.ofSeconds(8);

    private final Leadership leadership;
    private final Membership membership;
    private final MembershipStore store;
    private final WishStore wishStore;
    private final LeaderStore leaderStore;
    private final Optional<Users> users;
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
            Optional<Users> users,
            Schema schema,
            List<ChainId> chains) {
        this.leadership = leadership;
        this.membership = membership;
        this.store = store;
        this.wishStore = wishStore;
        this.leaderStore = leaderStore;
        this.users = users;
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
            // A container also throws undeclared checked exceptions when a commit fails.
            failed(e);
        }
    }

    private void failed(Exception failure) {
        if (failure instanceof CraqException refusal && refusal.code() == ErrorCode.MANAGER_UNAVAILABLE) {
            LOG.log(Level.DEBUG, "the right to lead ended between two steps", failure);
            return;
        }
        leadership.troubled("the manager can't use its database; see the manager's log");
        // A single failure may be a conflict that does not recur.
        runsToSkip = failed ? RUNS_SKIPPED_AFTER_FAILURES : 0;
        if (!failed) {
            LOG.log(
                    Level.ERROR,
                    "the manager can't use its database and will keep retrying. Check that the data source jdbc/craq"
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
            users.ifPresent(Users::end);
            begun = Optional.empty();
        }
        // While a renewal is overdue nothing is done: no other manager can have changed anything in the meantime.
        if (term.isEmpty() || !leadership.held()) {
            return;
        }
        if (begun.isEmpty()) {
            // Before the membership, as every lease requires the rights of the version that is read here.
            if (users.isPresent()) {
                users.get().begin(term.get());
            }
            begin();
            begun = term;
        }
        for (Chain next : membership.propose()) {
            record(term.get(), next);
        }
        users.ifPresent(Users::renewSigner);
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
        // Otherwise an earlier attempt has succeeded after all, or another manager leads.
        membership.adopt(next.id(), recorded ? Optional.of(next) : store.chain(next.id()));
    }
}
