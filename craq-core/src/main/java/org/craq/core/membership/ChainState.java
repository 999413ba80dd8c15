package org.craq.core.membership;

import java.util.Optional;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;

/**
 * The manager's working state of one chain: the configuration recorded last, and the change that is being written to
 * the database. Not thread-safe.
 *
 * <p>A proposed change is retried until the database has answered; only then is the next one considered. So a write of
 * unknown outcome cannot take effect after a later decision.
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

    /** Returns what the database held when it was last read. */
    public Optional<Chain> recorded() {
        return recorded;
    }

    /** Returns the change that is being written to the database. */
    public Optional<Chain> proposed() {
        return proposed;
    }

    /** Returns the last decision and its reason, for people. */
    public String note() {
        return note;
    }

    public void note(String text) {
        note = text;
    }

    public void propose(Chain next) {
        proposed = Optional.of(next);
    }

    /** Adopts the configuration that the database holds now, which settles the proposed change. */
    public void adopt(Optional<Chain> now) {
        recorded = now;
        proposed = Optional.empty();
    }

    /** Returns true for a member whose removal is being written to the database: from now on it gets no lease. */
    public boolean condemns(NodeId node, Incarnation incarnation) {
        return recorded.filter(chain -> chain.has(node, incarnation)).isPresent()
                && proposed.filter(chain -> !chain.has(node, incarnation)).isPresent();
    }

    /** Returns how long the chain has been waiting for its complete members; 0 if it is not. */
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
