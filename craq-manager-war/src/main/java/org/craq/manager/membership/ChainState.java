package org.craq.manager.membership;

import java.util.Optional;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;

/**
 * One chain as the manager works on it: the configuration recorded last, and the change that is on its way into the
 * database. Confined to {@link Membership}, which guards it.
 *
 * <p>A change, once proposed, is proposed again and again until the database has answered; only then the next one is
 * looked for. So a write whose outcome was unknown can't land behind a later decision.
 */
final class ChainState {
    private final ChainId id;
    private Wish wish;
    private Optional<Chain> recorded;
    private Optional<Chain> proposed = Optional.empty();
    private Optional<Long> awaitsRevivalSince = Optional.empty();
    private String note = "the manager has just started";

    ChainState(ChainId id, Wish wish, Optional<Chain> recorded) {
        this.id = id;
        this.wish = wish;
        this.recorded = recorded;
    }

    ChainId id() {
        return id;
    }

    Wish wish() {
        return wish;
    }

    void wish(Wish now) {
        wish = now;
    }

    Optional<Chain> recorded() {
        return recorded;
    }

    Optional<Chain> proposed() {
        return proposed;
    }

    /** For people: what was decided last, and why. */
    String note() {
        return note;
    }

    void note(String text) {
        note = text;
    }

    void propose(Chain next) {
        proposed = Optional.of(next);
    }

    void adopt(Optional<Chain> now) {
        recorded = now;
        proposed = Optional.empty();
    }

    /** True for a member whose removal is on its way into the database: from here on it gets no lease. */
    boolean condemns(NodeId node, Incarnation incarnation) {
        return recorded.filter(chain -> chain.has(node, incarnation)).isPresent()
                && proposed.filter(chain -> !chain.has(node, incarnation)).isPresent();
    }

    /** How long the chain has been waiting for its complete members, while it is. */
    long nanosAwaitingRevival(boolean awaits, long now) {
        if (!awaits) {
            awaitsRevivalSince = Optional.empty();
            return 0;
        }
        if (awaitsRevivalSince.isEmpty()) {
            awaitsRevivalSince = Optional.of(now);
        }
        return now - awaitsRevivalSince.get();
    }
}
