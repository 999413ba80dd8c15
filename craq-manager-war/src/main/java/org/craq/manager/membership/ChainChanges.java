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

/**
 * Handles administrators' requests to change a chain, one at a time: checks and records them, after which the planner
 * acts on them.
 */
public final class ChainChanges {
    private static final Logger LOG = System.getLogger(ChainChanges.class.getName());

    /**
     * The options of a request.
     *
     * @param dryRun only say what would follow, and change nothing
     * @param insists see {@link WishGuard}
     */
    public record Manner(boolean dryRun, boolean insists) {}

    /** The wish that was recorded, or would be, and what follows from it. */
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
     * @throws CraqException with the reason for a refusal
     */
    public Outcome add(ChainId chain, NodeId node, Manner manner) {
        return change(chain, "to add " + node, manner, guard -> guard.add(node));
    }

    /**
     * Removes a node permanently: it returns only when it is added again.
     *
     * @throws CraqException with the reason for a refusal
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
                    "chain {0}: request {1}{2} accepted; it should have {3} members",
                    chain,
                    what,
                    manner.insists() ? " with force" : "",
                    wish.length());
        }
        return outcome;
    }

    private void record(Wish wish) {
        UUID term = leadership
                .term()
                .orElseThrow(() -> new CraqException(ErrorCode.MANAGER_UNAVAILABLE, "another manager leads now"));
        try {
            if (store.replace(term, wish)) {
                membership.adopt(wish);
                return;
            }
            // An earlier attempt of unknown outcome has been recorded after all, or another manager leads.
            wishes.wish(wish.chain()).ifPresent(membership::adopt);
        } catch (Exception e) {
            // A failed commit also throws undeclared checked exceptions.
            throw new CraqException(
                    ErrorCode.DATABASE_UNAVAILABLE, "it is unknown whether the request was recorded; repeat it", e);
        }
        throw new CraqException(
                ErrorCode.MANAGER_UNAVAILABLE,
                "another request has changed the chain in the meantime; check its state and repeat the request");
    }
}
