package org.craq.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One application server of a cluster.
 *
 * @param id the node's id, or that of a manager: {@value #MANAGER}, or the same with a number from 2 on
 * @param folder where it keeps all that is its own
 */
record ServerSpec(String id, boolean manager, int http, int grpc, int management, Path folder) {
    static final String MANAGER = "manager";

    /** The managers first, then the nodes. */
    static List<ServerSpec> all(ClusterOptions options, Path dataDirectory) {
        ClusterPorts ports = options.ports();
        List<ServerSpec> servers = new ArrayList<>();
        servers.add(new ServerSpec(
                MANAGER,
                true,
                ports.managerHttp(),
                ports.managerGrpc(),
                ports.managerManagement(),
                dataDirectory.resolve(MANAGER)));
        for (int i = 0; i < ports.furtherManagers().size(); i++) {
            ClusterPorts.ServerPorts own = ports.furtherManagers().get(i);
            String id = furtherManager(i);
            servers.add(new ServerSpec(id, true, own.http(), own.grpc(), own.management(), dataDirectory.resolve(id)));
        }
        for (int i = 0; i < options.nodes(); i++) {
            String id = "n" + (i + 1);
            servers.add(new ServerSpec(
                    id,
                    false,
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
    static List<String> managerAddresses(ClusterPorts ports) {
        return Stream.concat(
                        Stream.of(ports.managerGrpc()),
                        ports.furtherManagers().stream().map(ClusterPorts.ServerPorts::grpc))
                .map(port -> "127.0.0.1:" + port)
                .toList();
    }

    String httpUrl() {
        return "http://127.0.0.1:" + http;
    }

    String grpcAddress() {
        return "127.0.0.1:" + grpc;
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
