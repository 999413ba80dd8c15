package org.craq.cluster;

import java.util.Map;
import java.util.Objects;

/**
 * How a cluster is to run. Kept with its data, so that later commands need not repeat it.
 *
 * @param heapMegabytes the heap limit of each application server
 * @param readPolicy {@code tail-preferred} or {@code spread}
 * @param properties further system properties for all application servers
 */
public record ClusterOptions(
        int nodes, int heapMegabytes, String readPolicy, ClusterPorts ports, Map<String, String> properties) {
    public static final int MAX_NODES = 16;
    public static final ClusterOptions DEFAULT =
            new ClusterOptions(3, 256, "tail-preferred", ClusterPorts.from(ClusterPorts.Bases.DEFAULT, 3), Map.of());

    public ClusterOptions {
        Objects.requireNonNull(ports);
        properties = Map.copyOf(properties);
        requirePossible(nodes);
        if (heapMegabytes < 128) {
            throw ClusterException.wrongUsage("An application server needs a heap of at least 128 MiB, not "
                    + heapMegabytes + ". Change --heap.");
        }
        if (!readPolicy.equals("tail-preferred") && !readPolicy.equals("spread")) {
            throw ClusterException.wrongUsage(
                    "The read policy is tail-preferred or spread, not '" + readPolicy + "'. Change --read-policy.");
        }
        if (ports.nodes() != nodes) {
            throw new IllegalArgumentException("ports for " + ports.nodes() + " nodes, not for " + nodes);
        }
    }

    static void requirePossible(int nodes) {
        if (nodes < 1 || nodes > MAX_NODES) {
            throw ClusterException.wrongUsage(
                    "A cluster on one machine has 1 to " + MAX_NODES + " nodes, not " + nodes + ". Change --nodes.");
        }
    }
}
