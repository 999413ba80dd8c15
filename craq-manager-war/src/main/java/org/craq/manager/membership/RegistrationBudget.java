package org.craq.manager.membership;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.craq.core.chain.NodeId;
import org.craq.server.limits.Rate;

/**
 * Limits how often nodes register. Each registration locks the leader's row in the database for a moment, and a leader
 * that cannot renew the row loses the leadership. Members of chains are only limited individually, so that a flood of
 * other nodes cannot keep them out. Not thread-safe.
 */
final class RegistrationBudget {
    private static final Duration BETWEEN_THOSE_OF_ONE_NODE = Duration.ofSeconds(1);
    private static final int AT_ONCE_OF_ONE_NODE = 3;
    /** Limits for all nodes in no chain together. */
    private static final Duration BETWEEN_THOSE_OF_STRANGERS = Duration.ofMillis(200);

    private static final int AT_ONCE_OF_STRANGERS = 5;

    private final Map<NodeId, Rate> ofNodes = new HashMap<>();
    private final Rate ofStrangers = new Rate(BETWEEN_THOSE_OF_STRANGERS, AT_ONCE_OF_STRANGERS);

    /** Returns false if the node must wait; then the attempt has not been counted. */
    boolean take(NodeId node, boolean member, long now) {
        ofNodes.values().removeIf(rate -> rate.isRested(now));
        Rate own = ofNodes.getOrDefault(node, new Rate(BETWEEN_THOSE_OF_ONE_NODE, AT_ONCE_OF_ONE_NODE));
        if (!own.pause(now).isZero() || !(member || ofStrangers.pause(now).isZero())) {
            return false;
        }
        own.take(now);
        ofNodes.put(node, own);
        if (!member) {
            ofStrangers.take(now);
        }
        return true;
    }
}
