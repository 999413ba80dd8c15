package org.craq.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One application server of a cluster.
 *
 * @param id the node's id, or that of a manager: {@value #MANAGER}, or the same with a number from 2 on
 * @param host the address that it listens on
 * @param folder where it keeps all that is its own
 */
record ServerSpec(String id, boolean manager, String host, int http, int grpc, int management, Path folder) {
    static final String MANAGER = "manager";

    /** The managers first, then the nodes. */
    static List<ServerSpec> all(ClusterOptions options, Path dataDirectory) {
        ClusterPorts ports = options.ports();
        Placement placement = options.placement();
        List<ServerSpec> servers = new ArrayList<>();
        servers.add(new ServerSpec(
                MANAGER,
                true,
                placement.host(MANAGER),
                ports.managerHttp(),
                ports.managerGrpc(),
                ports.managerManagement(),
                dataDirectory.resolve(MANAGER)));
        for (int i = 0; i < ports.furtherManagers().size(); i++) {
            ClusterPorts.ServerPorts own = ports.furtherManagers().get(i);
            String id = furtherManager(i);
            servers.add(new ServerSpec(
                    id, true, placement.host(id), own.http(), own.grpc(), own.management(), dataDirectory.resolve(id)));
        }
        for (int i = 0; i < options.nodes(); i++) {
            String id = "n" + (i + 1);
            servers.add(new ServerSpec(
                    id,
                    false,
                    placement.host(id),
                    ports.nodeHttp().get(i),
                    ports.nodeGrpc().get(i),
                    ports.nodeManagement().get(i),
                    dataDirectory.resolve(id)));
        }
        return List.copyOf(servers);
    }

    /** The id of the manager at this place of the list that begins with the second one. */
    static String furtherManager(int place) {
        return MANAGER + (place + 2);
    }

    /** host:port of each manager's gRPC server. */
    static List<String> managerAddresses(ClusterOptions options) {
        return all(options, Path.of("")).stream()
                .filter(ServerSpec::manager)
                .map(ServerSpec::grpcAddress)
                .toList();
    }

    String httpUrl() {
        return "http://" + host + ":" + http;
    }

    String grpcAddress() {
        return host + ":" + grpc;
    }

    /** The application server's own folder (jboss.server.base.dir). */
    Path base() {
        return folder.resolve("server");
    }

    Path log() {
        return base().resolve("log/server.log");
    }

    /** What the process itself prints: what happens before logging begins, and messages of the virtual machine. */
    Path console() {
        return folder.resolve("console.log");
    }

    /** The log to look at: the server's own, or what was printed if it did not get that far. */
    Path readableLog() {
        return Stream.of(log(), console())
                .filter(file -> file.toFile().length() > 0)
                .findFirst()
                .orElse(log());
    }
}
