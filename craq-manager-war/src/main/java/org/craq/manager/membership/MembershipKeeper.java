package org.craq.manager.membership;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.manager.store.MembershipStore;
import org.craq.server.Schema;

/**
 * The periodic task: reads the database once, then records each change that the membership proposes. The only writer of
 * chains; the container runs it one at a time. It outlives every failure, since the next run tries again.
 */
public final class MembershipKeeper implements Runnable {
    private static final Logger LOG = System.getLogger(MembershipKeeper.class.getName());
    /** A database that is away is asked ten times less often: each try costs the server a stack trace in its log. */
    private static final int RUNS_SKIPPED_AFTER_FAILURE = 9;

    private final Membership membership;
    private final MembershipStore store;
    private final Schema schema;
    private final List<ChainId> chains;
    private boolean failed;
    private int runsToSkip;

    public MembershipKeeper(Membership membership, MembershipStore store, Schema schema, List<ChainId> chains) {
        this.membership = membership;
        this.store = store;
        this.schema = schema;
        this.chains = List.copyOf(chains);
    }

    @Override
    public void run() {
        if (runsToSkip > 0) {
            runsToSkip--;
            return;
        }
        try {
            if (!membership.ready()) {
                begin();
            }
            membership.propose().forEach(this::record);
            if (failed) {
                LOG.log(Level.INFO, "the database answers again");
                failed = false;
            }
        } catch (RuntimeException e) {
            if (!failed) {
                LOG.log(
                        Level.ERROR,
                        "the manager can't use its database; it tries on. Check that the data source jdbc/craq"
                                + " (craq.db.url, craq.db.user, craq.db.password) reaches a running server",
                        e);
                failed = true;
            }
            runsToSkip = RUNS_SKIPPED_AFTER_FAILURE;
            membership.notReady("the manager can't reach its database; look into the manager's log");
        }
    }

    private void begin() {
        schema.migrate();
        Map<ChainId, Optional<Chain>> recorded = new LinkedHashMap<>();
        chains.forEach(id -> recorded.put(id, store.chain(id)));
        membership.begin(store.nodes(), recorded);
    }

    private void record(Chain next) {
        boolean recorded = store.replace(next);
        // Otherwise a former try has landed after all, or another manager was faster.
        membership.adopt(next.id(), recorded ? Optional.of(next) : store.chain(next.id()));
    }
}
