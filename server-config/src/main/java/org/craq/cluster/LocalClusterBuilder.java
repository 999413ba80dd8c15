package org.craq.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Describes a {@link LocalCluster}. What is not set here stays as it was kept with the data, or takes its default. */
public final class LocalClusterBuilder {
    Path data = Path.of(".craq");
    Installation installation;
    private Integer nodes;
    private Integer managers;
    private Integer heapMegabytes;
    private String readPolicy;
    private UnaryOperator<ClusterPorts.Bases> portChange = kept -> kept;
    private boolean freePorts;
    private final Map<String, String> properties = new TreeMap<>();
    private final Map<String, String> hosts = new TreeMap<>();
    private final Map<String, String> launchers = new TreeMap<>();
    StartProgress progress = StartProgress.SILENT;
    Duration startLimit = Duration.ofMinutes(3);

    LocalClusterBuilder() {}

    /** The folder that holds everything; created by {@link LocalCluster#up}. */
    public LocalClusterBuilder data(Path folder) {
        data = Objects.requireNonNull(folder);
        return this;
    }

    /** What to run, if not what the build of the surrounding project has made. */
    public LocalClusterBuilder installation(Installation chosen) {
        installation = Objects.requireNonNull(chosen);
        return this;
    }

    public LocalClusterBuilder nodes(int count) {
        nodes = count;
        return this;
    }

    /** One leads, the others stand by. */
    public LocalClusterBuilder managers(int count) {
        managers = count;
        return this;
    }

    /** The heap limit of each application server. */
    public LocalClusterBuilder heapMegabytes(int limit) {
        heapMegabytes = limit;
        return this;
    }

    /** {@code tail-preferred} or {@code spread}. */
    public LocalClusterBuilder readPolicy(String policy) {
        readPolicy = Objects.requireNonNull(policy);
        return this;
    }

    /** Ports counted from these. */
    public LocalClusterBuilder ports(ClusterPorts.Bases first) {
        return ports(kept -> first);
    }

    /** Ports counted from others than so far. */
    public LocalClusterBuilder ports(UnaryOperator<ClusterPorts.Bases> change) {
        portChange = Objects.requireNonNull(change);
        return this;
    }

    /** Ports that are free at the first start; later starts take the same ones. */
    public LocalClusterBuilder freePorts() {
        freePorts = true;
        return this;
    }

    /** A system property of every application server. */
    public LocalClusterBuilder property(String name, String value) {
        properties.put(name, value);
        return this;
    }

    /** A system property of one application server; overrules one of all servers. */
    public LocalClusterBuilder property(String server, String name, String value) {
        return property(server + ClusterOptions.SERVER_SEPARATOR + name, value);
    }

    /** The IPv4 address that a server, or {@code postgres}, listens on and that others reach it at, instead of 127.0.0.1. */
    public LocalClusterBuilder host(String server, String address) {
        hosts.put(server, address);
        return this;
    }

    /**
     * A command, its words separated by blanks, that is put before the server's own and must become it: {@code nsenter
     * --net=...} runs it in a network namespace.
     */
    public LocalClusterBuilder launcher(String server, String command) {
        launchers.put(server, command);
        return this;
    }

    public LocalClusterBuilder progress(StartProgress listener) {
        progress = Objects.requireNonNull(listener);
        return this;
    }

    /** How long servers may take until they serve; three minutes if not set. More than four at once have more time. */
    public LocalClusterBuilder startLimit(Duration limit) {
        startLimit = Objects.requireNonNull(limit);
        return this;
    }

    /** Starts nothing. */
    public LocalCluster build() {
        return new LocalCluster(this);
    }

    /** The kept options with the wishes expressed here. */
    ClusterOptions apply(ClusterOptions kept) {
        int count = nodes == null ? kept.nodes() : nodes;
        ClusterOptions.requirePossible(count);
        int managerCount = managers == null ? kept.ports().managers() : managers;
        if (managerCount < 1 || managerCount > ClusterPorts.MAX_MANAGERS) {
            throw ClusterException.wrongUsage("A cluster has 1 to " + ClusterPorts.MAX_MANAGERS + " managers, not "
                    + managerCount + ". Change --managers.");
        }
        return new ClusterOptions(
                count,
                heapMegabytes == null ? kept.heapMegabytes() : heapMegabytes,
                readPolicy == null ? kept.readPolicy() : readPolicy,
                ports(kept.ports(), count, managerCount),
                new Placement(
                        merged(kept.placement().hosts(), hosts),
                        merged(kept.placement().launchers(), launchers)),
                merged(kept.properties(), properties));
    }

    private static Map<String, String> merged(Map<String, String> kept, Map<String, String> wished) {
        Map<String, String> merged = new TreeMap<>(kept);
        merged.putAll(wished);
        return merged;
    }

    private ClusterPorts ports(ClusterPorts kept, int nodeCount, int managerCount) {
        boolean unchosen = kept.equals(ClusterPorts.from(ClusterPorts.Bases.DEFAULT, kept.nodes(), kept.managers()));
        boolean sameNumber = kept.nodes() == nodeCount && kept.managers() == managerCount;
        if (freePorts && (unchosen || !sameNumber)) {
            return ClusterPorts.free(nodeCount, managerCount);
        }
        ClusterPorts.Bases bases = kept.bases();
        ClusterPorts.Bases wished = portChange.apply(bases);
        // Ports that were found free stand in no row: they can't be counted again.
        return wished.equals(bases) && sameNumber ? kept : ClusterPorts.from(wished, nodeCount, managerCount);
    }
}
