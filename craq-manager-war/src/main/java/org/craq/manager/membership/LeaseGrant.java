package org.craq.manager.membership;

import java.time.Duration;
import java.util.List;
import org.craq.core.chain.Chain;

/**
 * The answer to a registration or a heartbeat.
 *
 * @param length zero if no lease is granted
 * @param heartbeat how often the node is to send heartbeats
 * @param chains the configurations recorded last
 * @param rights version of the users' rights that the lease requires
 */
public record LeaseGrant(Duration length, Duration heartbeat, List<Chain> chains, long rights) {
    public LeaseGrant {
        chains = List.copyOf(chains);
    }
}
