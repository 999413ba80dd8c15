package org.craq.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One application server of a cluster.
 *
 * @param id id of the node or manager; managers are called {@value #MANAGER}, {@value #MANAGER}2, ...
 * @param host the address on which it listens
 * @param https whether it speaks HTTPS in place of HTTP
 * @param http the port of either
 * @param folder the folder for all of its data
 */
record ServerSpec(
        String id, boolean manager, String host, boolean https, int http, int grpc, int management, Path folder) {
    static final String MANAGER = "manager";

    /** Returns the managers first, then the nodes. */
    static List<ServerSpec> all(ClusterOptions options, Path dataDirectory) {
        ClusterPorts ports = options.ports();
        Placement placement = options.placement();
        boolean https = Certificates.authorities(options).isPresent();
        List<ServerSpec> servers = new ArrayList<>();
        servers.add(new ServerSpec(
                MANAGER,
                true,
                placement.host(MANAGER),
                https,
                ports.managerHttp(),
                ports.managerGrpc(),
                ports.managerManagement(),
                dataDirectory.resolve(MANAGER)));
        for (int i = 0; i < ports.furtherManagers().size(); i++) {
            ClusterPorts.ServerPorts own = ports.furtherManagers().get(i);
            String id = furtherManager(i);
            servers.add(new ServerSpec(
                    id,
                    true,
                    placement.host(id),
                    https,
                    own.http(),
                    own.grpc(),
                    own.management(),
                    dataDirectory.resolve(id)));
        }
        for (int i = 0; i < options.nodes(); i++) {
            String id = "n" + (i + 1);
            servers.add(new ServerSpec(
                    id,
                    false,
                    placement.host(id),
                    https,
                    ports.nodeHttp().get(i),
                    ports.nodeGrpc().get(i),
                    ports.nodeManagement().get(i),
                    dataDirectory.resolve(id)));
        }
        return List.copyOf(servers);
    }

    /** Returns the id of a further manager by its index, which is 0 for the second manager. */
    static String furtherManager(int place) {
        return MANAGER + (place + 2);
    }

    /** Returns host:port of each manager's gRPC server. */
    static List<String> managerAddresses(ClusterOptions options) {
        return all(options, Path.of("")).stream()
                .filter(ServerSpec::manager)
                .map(ServerSpec::grpcAddress)
                .toList();
    }

    String httpUrl() {
        return (https ? "https://" : "http://") + host + ":" + http;
    }

    String grpcAddress() {
        return host + ":" + grpc;
    }

    /** Returns the application server's base folder (jboss.server.base.dir). */
    Path base() {
        return folder.resolve("server");
    }

    Path log() {
        return base().resolve("log/server.log");
    }

    /**
     * Returns the file with the process's own output: what happens before logging starts, and messages of the virtual
     * machine.
     */
    Path console() {
        return folder.resolve("console.log");
    }

    /** Returns the log to read: the server's own, or the output of the process if the server did not get that far. */
    Path readableLog() {
        return Stream.of(log(), console())
                .filter(file -> file.toFile().length() > 0)
                .findFirst()
                .orElse(log());
    }
}
