package org.craq.cluster.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.craq.cluster.ClusterException;
import org.craq.cluster.ClusterPorts.Bases;
import org.craq.cluster.LocalClusterBuilder;
import picocli.CommandLine.Option;

/** The options for a cluster to be started. Omitted options stay as they were at the last start. */
final class ClusterWishes {
    @Option(names = "--nodes", paramLabel = "N", description = "Number of nodes, 1 to 16. Default: 3.")
    private Integer nodes;

    @Option(
            names = "--managers",
            paramLabel = "N",
            description = "Number of managers, 1 to 5: one leads, the others are standbys. Default: 1.")
    private Integer managers;

    @Option(names = "--heap", paramLabel = "MIB", description = "Heap limit of each server in MiB. Default: 256.")
    private Integer heap;

    @Option(
            names = "--read-policy",
            paramLabel = "POLICY",
            description = "Which members serve reads: tail-preferred or spread. Default: tail-preferred.")
    private String readPolicy;

    @Option(names = "--port-offset", paramLabel = "N", description = "Add N to the default of every port.")
    private Integer offset;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            description =
                    "HTTP port of the manager; the nodes use the ports above it, further managers those from 10 below"
                            + " it. Default: 8080.")
    private Integer http;

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            description = "gRPC port of n1; the other nodes use the ports above it. Default: 8001.")
    private Integer grpc;

    @Option(
            names = "--manager-port",
            paramLabel = "PORT",
            description = "gRPC port of the manager; further managers use the ports above it. Default: 9005.")
    private Integer managerGrpc;

    @Option(
            names = "--management-port",
            paramLabel = "PORT",
            description =
                    "Port of the manager's server console; the nodes use the ports above it, further managers those from"
                            + " 10 below it. Default: 9990.")
    private Integer management;

    @Option(names = "--db-port", paramLabel = "PORT", description = "Port of PostgreSQL. Default: 15432.")
    private Integer database;

    @Option(
            names = "--certs",
            paramLabel = "DIR",
            description =
                    "Encrypt gRPC and HTTP. The folder has the certificates of all servers, made by 'craq certs init'.")
    private Path certificates;

    @Option(
            names = "--insecure",
            description =
                    "Start a new cluster without certificates: every user of this machine can read and change every"
                            + " file. For trials only.")
    private boolean insecure;

    @Option(
            names = "--secure",
            description = "Give a cluster that was started without certificates some; a new one has them anyway.")
    private boolean secure;

    @Option(
            names = "-D",
            paramLabel = "NAME=VALUE",
            description =
                    "A system property of every server, for example -Dcraq.lease.millis=5000; or of one server, for example"
                            + " -Dn2:craq.node.scrub.rate=0.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = "--host",
            paramLabel = "SERVER=ADDRESS",
            description =
                    "The IPv4 address of a server (n1, manager, postgres) in place of 127.0.0.1. May be given several"
                            + " times.")
    private Map<String, String> hosts = new LinkedHashMap<>();

    @Option(
            names = "--launcher",
            paramLabel = "SERVER=COMMAND",
            description = "A command that starts a server; it is put before the server's own command, for example"
                    + " --launcher 'n1=nsenter --net=/var/run/netns/one'. May be given several times.")
    private Map<String, String> launchers = new LinkedHashMap<>();

    LocalClusterBuilder applyTo(LocalClusterBuilder builder) {
        Optional.ofNullable(nodes).ifPresent(builder::nodes);
        Optional.ofNullable(managers).ifPresent(builder::managers);
        Optional.ofNullable(heap).ifPresent(builder::heapMegabytes);
        Optional.ofNullable(readPolicy).ifPresent(builder::readPolicy);
        Optional.ofNullable(certificates).ifPresent(builder::certificates);
        if (insecure && (secure || certificates != null)) {
            throw new ClusterException("--insecure contradicts --secure and --certs. Give one of them.");
        }
        if (!insecure) {
            builder.secure(!secure);
        }
        properties.forEach(builder::property);
        hosts.forEach(builder::host);
        launchers.forEach(builder::launcher);
        return builder.ports(this::bases);
    }

    private Bases bases(Bases kept) {
        Bases start = offset == null ? kept : Bases.DEFAULT.shifted(offset);
        return new Bases(
                or(database, start.database()),
                or(managerGrpc, start.managerGrpc()),
                or(grpc, start.grpc()),
                or(http, start.http()),
                or(management, start.management()));
    }

    private static int or(Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }
}
