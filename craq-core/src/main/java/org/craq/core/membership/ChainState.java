package org.craq.core.membership;

import java.util.Optional;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;

/**
 * One chain as the manager works on it: the configuration recorded last, and the change that is on its way into the
 * database. Not thread-safe.
 *
 * <p>A change, once proposed, is proposed again and again until the database has answered; only then the next one is
 * looked for. So a write whose outcome was unknown can't land behind a later decision.
 */
public final class ChainState {
    private final ChainId id;
    private Optional<Chain> recorded;
    private Optional<Chain> proposed = Optional.empty();
    private Optional<Long> awaitsRevivalSince = Optional.empty();
    private String note = "the manager has just started";

    public ChainState(ChainId id, Optional<Chain> recorded) {
        this.id = id;
        this.recorded = recorded;
    }

    public ChainId id() {
        return id;
    }

    /** What the database held when it was asked last. */
    public Optional<Chain> recorded() {
        return recorded;
    }

    /** The change that is on its way into the database. */
    public Optional<Chain> proposed() {
        return proposed;
    }

    /** For people: what was decided last, and why. */
    public String note() {
        return note;
    }

    public void note(String text) {
        note = text;
    }

    public void propose(Chain next) {
        proposed = Optional.of(next);
    }

    /** The configuration that the database holds now; it settles what was proposed. */
    public void adopt(Optional<Chain> now) {
        recorded = now;
        proposed = Optional.empty();
    }

    /** True for a member whose removal is on its way into the database: from here on it gets no lease. */
    public boolean condemns(NodeId node, Incarnation incarnation) {
        return recorded.filter(chain -> chain.has(node, incarnation)).isPresent()
                && proposed.filter(chain -> !chain.has(node, incarnation)).isPresent();
    }

    /** How long the chain has been waiting for its complete members, while it is. */
    public long nanosAwaitingRevival(boolean awaits, long now) {
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
