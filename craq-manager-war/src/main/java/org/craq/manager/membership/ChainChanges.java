package org.craq.manager.membership;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.UUID;
import java.util.function.Function;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.membership.Wish;
import org.craq.manager.leadership.Leadership;
import org.craq.manager.store.LeaderStore;
import org.craq.manager.store.WishStore;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Takes people's wishes for chains: judges, records, and then lets the planner act on them. One at a time. */
public final class ChainChanges {
    private static final Logger LOG = System.getLogger(ChainChanges.class.getName());

    /**
     * How a wish is asked for.
     *
     * @param dryRun say what would follow, and leave everything as it is
     * @param insists see {@link WishGuard}
     */
    public record Manner(boolean dryRun, boolean insists) {}

    /** What was recorded, or would be, and what follows from it. */
    public record Outcome(Wish wish, Forecast forecast) {}

    private final Leadership leadership;
    private final Membership membership;
    private final WishStore wishes;
    private final LeaderStore store;

    public ChainChanges(Leadership leadership, Membership membership, WishStore wishes, LeaderStore store) {
        this.leadership = leadership;
        this.membership = membership;
        this.wishes = wishes;
        this.store = store;
    }

    /**
     * Makes a registered node a member.
     *
     * @throws CraqException with what is wrong about it
     */
    public Outcome add(ChainId chain, NodeId node, Manner manner) {
        return change(chain, "to take in " + node, manner, guard -> guard.add(node));
    }

    /**
     * Removes a node for good: it is taken back only when somebody adds it again.
     *
     * @throws CraqException with what is wrong about it
     */
    public Outcome remove(ChainId chain, NodeId node, Manner manner) {
        return change(chain, "to remove " + node, manner, guard -> guard.remove(node));
    }

    private synchronized Outcome change(ChainId chain, String what, Manner manner, Function<WishGuard, Wish> wishOf) {
        Survey now = membership.survey(chain);
        Wish wish = wishOf.apply(new WishGuard(now, manner.insists()));
        Outcome outcome = new Outcome(wish, Forecast.of(new Survey(now.chain(), wish, now.nodes())));
        if (!manner.dryRun() && !wish.equals(now.wish())) {
            record(wish);
            LOG.log(
                    manner.insists() ? Level.WARNING : Level.INFO,
                    "chain {0}: asked {1}{2}; it should have {3} members",
                    chain,
                    what,
                    manner.insists() ? " by force" : "",
                    wish.length());
        }
        return outcome;
    }

    private void record(Wish wish) {
        UUID term = leadership
                .term()
                .orElseThrow(() -> new CraqException(ErrorCode.MANAGER_UNAVAILABLE, "another manager leads by now"));
        try {
            if (store.replace(term, wish)) {
                membership.adopt(wish);
                return;
            }
            // An earlier try whose outcome was unknown has landed after all, or another manager leads.
            wishes.wish(wish.chain()).ifPresent(membership::adopt);
        } catch (Exception e) {
            // A failed commit throws checked ones too, which no signature tells of.
            throw new CraqException(
                    ErrorCode.DATABASE_UNAVAILABLE, "the wish could not be recorded for certain; ask again", e);
        }
        throw new CraqException(
                ErrorCode.MANAGER_UNAVAILABLE, "something else was asked of the chain meanwhile; look, and ask again");
    }
}
