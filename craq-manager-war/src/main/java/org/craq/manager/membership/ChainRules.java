package org.craq.manager.membership;

import java.time.Duration;

/**
 * The settings that decide who is a member of a chain.
 *
 * @param length members of a full chain; the first epoch waits for this many nodes
 * @param lease how long a node may act after a heartbeat
 * @param margin how much longer than a lease the manager waits before it relies on its end
 * @param heartbeat how often nodes send heartbeats
 * @param reviveGrace how long a chain without any live member waits for the last of its complete members
 */
public record ChainRules(int length, Duration lease, Duration margin, Duration heartbeat, Duration reviveGrace) {
    /** Members of a chain at most. */
    public static final int LONGEST = 16;

    /** How long after its last heartbeat a node counts as silent. */
    Duration silence() {
        return heartbeat.multipliedBy(3);
    }
}
