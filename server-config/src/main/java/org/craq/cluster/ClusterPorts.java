package org.craq.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All ports of a cluster on one machine. Lists have one port per node, beginning with n1.
 *
 * @param furtherManagers ports of manager2, manager3, ...
 */
public record ClusterPorts(
        int database,
        int managerGrpc,
        int managerHttp,
        int managerManagement,
        List<Integer> nodeGrpc,
        List<Integer> nodeHttp,
        List<Integer> nodeManagement,
        List<ServerPorts> furtherManagers) {
    /** Highest number of managers. */
    public static final int MAX_MANAGERS = 5;
    /** How far the ports of further managers are below the first manager's; those above belong to the nodes. */
    private static final int FURTHER_MANAGERS_BELOW = 10;

    private static final int FREE_FROM = 20_000;
    private static final int FREE_BELOW = 32_000;
    private static final int MOST_ATTEMPTS = 10_000;
    /** Free ports that have been handed out; their users may not listen on them yet, or not at the moment. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    /** The ports of one application server. */
    public record ServerPorts(int grpc, int http, int management) {}

    /** One port, what listens on it, and the option of {@code craq up} that changes it. */
    public record Use(int port, String owner, String purpose, String option) {}

    /** The first ports, from which those of a cluster are counted upwards. */
    public record Bases(int database, int managerGrpc, int grpc, int http, int management) {
        /** The default ports, which the documentation uses. */
        public static final Bases DEFAULT = new Bases(15432, 9005, 8001, 8080, 9990);

        /** Returns these ports, all increased by the same number. */
        public Bases shifted(int by) {
            return new Bases(database + by, managerGrpc + by, grpc + by, http + by, management + by);
        }
    }

    public ClusterPorts {
        nodeGrpc = List.copyOf(nodeGrpc);
        nodeHttp = List.copyOf(nodeHttp);
        nodeManagement = List.copyOf(nodeManagement);
        // States from before there could be several managers do not contain this field.
        furtherManagers = furtherManagers == null ? List.of() : List.copyOf(furtherManagers);
        if (nodeGrpc.isEmpty() || nodeHttp.size() != nodeGrpc.size() || nodeManagement.size() != nodeGrpc.size()) {
            throw new IllegalArgumentException("each node needs three ports");
        }
        List<Use> uses =
                uses(database, managerGrpc, managerHttp, managerManagement, nodeGrpc, nodeHttp, nodeManagement);
        uses.addAll(uses(furtherManagers));
        checkDistinct(uses);
    }

    /** Returns the ports of a cluster with one manager. */
    public static ClusterPorts from(Bases bases, int nodes) {
        return from(bases, nodes, 1);
    }

    /**
     * Counts the ports upwards: the manager's HTTP and management ports come first, the nodes' follow. Further managers
     * have gRPC ports above the first one's, and HTTP and management ports that begin 10 below the first one's.
     */
    public static ClusterPorts from(Bases bases, int nodes, int managers) {
        List<ServerPorts> further = new ArrayList<>();
        for (int i = 0; i < managers - 1; i++) {
            further.add(new ServerPorts(
                    bases.managerGrpc() + 1 + i,
                    bases.http() - FURTHER_MANAGERS_BELOW + i,
                    bases.management() - FURTHER_MANAGERS_BELOW + i));
        }
        return new ClusterPorts(
                bases.database(),
                bases.managerGrpc(),
                bases.http(),
                bases.management(),
                row(bases.grpc(), nodes),
                row(bases.http() + 1, nodes),
                row(bases.management() + 1, nodes),
                further);
    }

    /** Returns ports for tests that were unused a moment ago, for a cluster with one manager. */
    public static ClusterPorts free(int nodes) {
        return free(nodes, 1);
    }

    /** Returns ports for tests that were unused a moment ago. */
    public static ClusterPorts free(int nodes, int managers) {
        List<Integer> free = freePorts(1 + 3 * managers + 3 * nodes);
        List<ServerPorts> further = new ArrayList<>();
        for (int i = 4 + 3 * nodes; i < free.size(); i += 3) {
            further.add(new ServerPorts(free.get(i), free.get(i + 1), free.get(i + 2)));
        }
        return new ClusterPorts(
                free.get(0),
                free.get(1),
                free.get(2),
                free.get(3),
                free.subList(4, 4 + nodes),
                free.subList(4 + nodes, 4 + 2 * nodes),
                free.subList(4 + 2 * nodes, 4 + 3 * nodes),
                further);
    }

    /** Returns the first ports, from which those of a different number of servers can be counted. */
    Bases bases() {
        return new Bases(database, managerGrpc, nodeGrpc.get(0), managerHttp, managerManagement);
    }

    /** Returns the number of nodes. */
    public int nodes() {
        return nodeGrpc.size();
    }

    /** Returns the number of managers. */
    public int managers() {
        return 1 + furtherManagers.size();
    }

    /** Returns all ports and their purposes. */
    public List<Use> uses() {
        List<Use> uses =
                uses(database, managerGrpc, managerHttp, managerManagement, nodeGrpc, nodeHttp, nodeManagement);
        uses.addAll(uses(furtherManagers));
        return List.copyOf(uses);
    }

    private static List<Use> uses(List<ServerPorts> furtherManagers) {
        List<Use> uses = new ArrayList<>();
        for (int i = 0; i < furtherManagers.size(); i++) {
            String manager = ServerSpec.furtherManager(i);
            ServerPorts ports = furtherManagers.get(i);
            uses.add(new Use(ports.grpc(), manager, "gRPC", "--manager-port"));
            uses.add(new Use(ports.http(), manager, "HTTP", "--http-port"));
            uses.add(new Use(ports.management(), manager, "server management", "--management-port"));
        }
        return uses;
    }

    private static List<Use> uses(
            int database,
            int managerGrpc,
            int managerHttp,
            int managerManagement,
            List<Integer> nodeGrpc,
            List<Integer> nodeHttp,
            List<Integer> nodeManagement) {
        List<Use> uses = new ArrayList<>();
        uses.add(new Use(database, "postgres", "PostgreSQL", "--db-port"));
        uses.add(new Use(managerGrpc, "manager", "gRPC", "--manager-port"));
        uses.add(new Use(managerHttp, "manager", "HTTP", "--http-port"));
        uses.add(new Use(managerManagement, "manager", "server management", "--management-port"));
        for (int i = 0; i < nodeGrpc.size(); i++) {
            String node = "n" + (i + 1);
            uses.add(new Use(nodeGrpc.get(i), node, "gRPC", "--grpc-port"));
            uses.add(new Use(nodeHttp.get(i), node, "HTTP", "--http-port"));
            uses.add(new Use(nodeManagement.get(i), node, "server management", "--management-port"));
        }
        return uses;
    }

    private static void checkDistinct(List<Use> uses) {
        Map<Integer, Use> seen = new HashMap<>();
        for (Use use : uses) {
            if (use.port() < 1 || use.port() > 65535) {
                throw ClusterException.wrongUsage("Port " + use.port() + " (" + use.purpose() + " of " + use.owner()
                        + ") is out of range 1 to 65535. Change " + use.option() + " or --port-offset.");
            }
            Use other = seen.putIfAbsent(use.port(), use);
            if (other != null) {
                throw ClusterException.wrongUsage("Port " + use.port() + " would serve both " + other.purpose() + " of "
                        + other.owner() + " and " + use.purpose() + " of " + use.owner() + ". Change " + other.option()
                        + " or " + use.option() + ".");
            }
        }
    }

    private static List<Integer> row(int first, int count) {
        List<Integer> row = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            row.add(first + i);
        }
        return row;
    }

    /**
     * Finds free ports; a process hands out each port only once. All are below the range that systems use for outgoing
     * connections: while a server is down, such a connection could take its port, or even connect to itself through it.
     */
    private static List<Integer> freePorts(int count) {
        SecureRandom random = new SecureRandom();
        List<Integer> free = new ArrayList<>();
        for (int attempts = 0; free.size() < count; attempts++) {
            int port = FREE_FROM + random.nextInt(FREE_BELOW - FREE_FROM);
            if (isFree(port) && GIVEN.add(port)) {
                free.add(port);
            } else if (attempts > MOST_ATTEMPTS) {
                throw new IllegalStateException("no free ports from " + FREE_FROM + " to " + (FREE_BELOW - 1));
            }
        }
        return free;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
