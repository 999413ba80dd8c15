package org.craq.cluster;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How a cluster is to run. Stored with its data, so that later commands need not repeat the options.
 *
 * @param heapMegabytes heap limit of each application server in MiB
 * @param readPolicy {@code tail-preferred} or {@code spread}
 * @param placement addresses other than 127.0.0.1, and commands that start servers
 * @param properties further system properties, for all application servers or, named {@code server:name}, for one of
 *     them
 */
public record ClusterOptions(
        int nodes,
        int heapMegabytes,
        String readPolicy,
        ClusterPorts ports,
        Placement placement,
        Map<String, String> properties) {
    /** Highest number of nodes. */
    public static final int MAX_NODES = 16;
    /** Separates the server from the name in a property of one server. */
    static final String SERVER_SEPARATOR = ":";

    public static final ClusterOptions DEFAULT = new ClusterOptions(
            3, 256, "tail-preferred", ClusterPorts.from(ClusterPorts.Bases.DEFAULT, 3), Placement.USUAL, Map.of());

    public ClusterOptions {
        Objects.requireNonNull(ports);
        // States from before servers could be placed do not contain this field.
        placement = placement == null ? Placement.USUAL : placement;
        properties = Map.copyOf(properties);
        requirePossible(nodes);
        if (heapMegabytes < 128) {
            throw ClusterException.wrongUsage("An application server needs a heap of at least 128 MiB, not "
                    + heapMegabytes + ". Change --heap.");
        }
        if (!readPolicy.equals("tail-preferred") && !readPolicy.equals("spread")) {
            throw ClusterException.wrongUsage("The read policy must be tail-preferred or spread, not '" + readPolicy
                    + "'. Change --read-policy.");
        }
        if (ports.nodes() != nodes) {
            throw new IllegalArgumentException("ports for " + ports.nodes() + " nodes, not for " + nodes);
        }
    }

    ClusterOptions withProperties(Map<String, String> changed) {
        return new ClusterOptions(nodes, heapMegabytes, readPolicy, ports, placement, changed);
    }

    /** Returns the properties of one server; those of the server override those of all servers. */
    Map<String, String> propertiesOf(String server) {
        String own = server + SERVER_SEPARATOR;
        Map<String, String> all = new TreeMap<>();
        properties.forEach((name, value) -> {
            if (!name.contains(SERVER_SEPARATOR)) {
                all.put(name, value);
            }
        });
        properties.forEach((name, value) -> {
            if (name.startsWith(own)) {
                all.put(name.substring(own.length()), value);
            }
        });
        return all;
    }

    static void requirePossible(int nodes) {
        if (nodes < 1 || nodes > MAX_NODES) {
            throw ClusterException.wrongUsage(
                    "A cluster on one machine has 1 to " + MAX_NODES + " nodes, not " + nodes + ". Change --nodes.");
        }
    }
}
