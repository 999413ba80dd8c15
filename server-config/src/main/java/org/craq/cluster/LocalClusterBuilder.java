package org.craq.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Describes a {@link LocalCluster}. Settings that are not made here stay as they were stored with the data, or take
 * their default.
 */
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
    private Path certificates;
    private boolean secure;
    private boolean secureWhenNew;
    StartProgress progress = StartProgress.SILENT;
    Duration startLimit = Duration.ofMinutes(3);

    LocalClusterBuilder() {}

    /** Sets the folder for all data of the cluster, which {@link LocalCluster#up} creates. */
    public LocalClusterBuilder data(Path folder) {
        data = Objects.requireNonNull(folder);
        return this;
    }

    /** Sets what to run; the default is what the build of the enclosing project has made. */
    public LocalClusterBuilder installation(Installation chosen) {
        installation = Objects.requireNonNull(chosen);
        return this;
    }

    /** Sets the number of nodes. */
    public LocalClusterBuilder nodes(int count) {
        nodes = count;
        return this;
    }

    /** Sets the number of managers, one of which leads while the others are standbys. */
    public LocalClusterBuilder managers(int count) {
        managers = count;
        return this;
    }

    /** Sets the heap limit of each application server in MiB. */
    public LocalClusterBuilder heapMegabytes(int limit) {
        heapMegabytes = limit;
        return this;
    }

    /** Sets which members serve reads: {@code tail-preferred} or {@code spread}. */
    public LocalClusterBuilder readPolicy(String policy) {
        readPolicy = Objects.requireNonNull(policy);
        return this;
    }

    /** Sets the first ports, from which all others are counted. */
    public LocalClusterBuilder ports(ClusterPorts.Bases first) {
        return ports(kept -> first);
    }

    /** Changes the first ports, from which all others are counted. */
    public LocalClusterBuilder ports(UnaryOperator<ClusterPorts.Bases> change) {
        portChange = Objects.requireNonNull(change);
        return this;
    }

    /** Uses ports that are free at the first start; later starts use the same ones. */
    public LocalClusterBuilder freePorts() {
        freePorts = true;
        return this;
    }

    /** Sets a system property of every application server. */
    public LocalClusterBuilder property(String name, String value) {
        properties.put(name, value);
        return this;
    }

    /** Sets a system property of one application server, which overrides one of all servers. */
    public LocalClusterBuilder property(String server, String name, String value) {
        return property(server + ClusterOptions.SERVER_SEPARATOR + name, value);
    }

    /**
     * Sets the IPv4 address of a server, or of {@code postgres}, in place of 127.0.0.1: it listens there, and others
     * reach it there.
     */
    public LocalClusterBuilder host(String server, String address) {
        hosts.put(server, address);
        return this;
    }

    /**
     * Sets a command, with words separated by blanks, that is put before the server's own and replaces itself with it:
     * {@code nsenter --net=...} runs the server in a network namespace.
     */
    public LocalClusterBuilder launcher(String server, String command) {
        launchers.put(server, command);
        return this;
    }

    /**
     * Sets the folder with the certificates of all servers, as {@code craq certs} makes it: gRPC and HTTP are encrypted. They are
     * used in later starts, too.
     */
    public LocalClusterBuilder certificates(Path folder) {
        certificates = Objects.requireNonNull(folder);
        return this;
    }

    /**
     * Sets whether the servers get certificates, and ask who calls, if they have none; made by the cluster itself and
     * used in later starts, too. {@code whenNew}: only a cluster that has never been started.
     */
    public LocalClusterBuilder secure(boolean whenNew) {
        secure = true;
        secureWhenNew = whenNew;
        return this;
    }

    /** Sets the listener for the steps of longer operations. */
    public LocalClusterBuilder progress(StartProgress listener) {
        progress = Objects.requireNonNull(listener);
        return this;
    }

    /**
     * Sets how long servers may take until they serve. Default: three minutes. If more than four start together, they
     * get more time.
     */
    public LocalClusterBuilder startLimit(Duration limit) {
        startLimit = Objects.requireNonNull(limit);
        return this;
    }

    /** Returns the cluster; nothing is started. */
    public LocalCluster build() {
        return new LocalCluster(this);
    }

    /** Returns whether a cluster without certificates is to get some. */
    boolean securesItself(boolean isNew) {
        return secure && (isNew || !secureWhenNew);
    }

    /** Returns the stored options, changed by the settings made here. */
    ClusterOptions apply(ClusterOptions kept) {
        int count = nodes == null ? kept.nodes() : nodes;
        ClusterOptions.requirePossible(count);
        int managerCount = managers == null ? kept.ports().managers() : managers;
        if (managerCount < 1 || managerCount > ClusterPorts.MAX_MANAGERS) {
            throw ClusterException.wrongUsage("A cluster has 1 to " + ClusterPorts.MAX_MANAGERS + " managers, not "
                    + managerCount + ". Change --managers.");
        }
        ClusterOptions wished = new ClusterOptions(
                count,
                heapMegabytes == null ? kept.heapMegabytes() : heapMegabytes,
                readPolicy == null ? kept.readPolicy() : readPolicy,
                ports(kept.ports(), count, managerCount),
                new Placement(
                        merged(kept.placement().hosts(), hosts),
                        merged(kept.placement().launchers(), launchers)),
                merged(kept.properties(), properties));
        return certificates == null
                ? wished
                : wished.withProperties(merged(
                        wished.properties(),
                        Certificates.properties(certificates, ServerSpec.all(wished, Path.of("")))));
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
        // Free ports are not consecutive, so they can't be counted from the first ones.
        return wished.equals(bases) && sameNumber ? kept : ClusterPorts.from(wished, nodeCount, managerCount);
    }
}
