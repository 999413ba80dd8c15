package org.craq.core.sim;

import java.util.HashSet;
import java.util.Set;
import org.craq.core.chain.NodeId;

/** Delivers single messages: late, out of order, twice, or not at all if the connection is cut. */
final class Network {
    private record Way(NodeId from, NodeId to) {}

    private final VirtualTime time;
    private final Chance chance;
    private final Set<Way> cut = new HashSet<>();

    Network(VirtualTime time, Chance chance) {
        this.time = time;
        this.chance = chance;
    }

    /** Returns the time that a message takes from one end to the other. */
    long delay() {
        return chance.delay(100 * VirtualTime.MICRO, 15 * VirtualTime.MILLI);
    }

    /** Sends a message that is never delivered twice. */
    void sendOnce(NodeId from, NodeId to, Runnable arrival) {
        if (open(from, to)) {
            time.after(delay(), arrival);
        }
    }

    void send(NodeId from, NodeId to, Runnable arrival) {
        if (!open(from, to)) {
            return;
        }
        time.after(delay(), arrival);
        if (chance.oneIn(50)) {
            time.after(chance.between(0L, 300 * VirtualTime.MILLI), arrival);
        }
    }

    boolean open(NodeId from, NodeId to) {
        return !cut.contains(new Way(from, to));
    }

    void cut(NodeId from, NodeId to) {
        cut.add(new Way(from, to));
    }

    void heal() {
        cut.clear();
    }
}
