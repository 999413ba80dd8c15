package org.craq.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.craq.client.FailureReason;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/** Starts one application server, with its own folder and ports and the programs of the shared installation. */
final class WildFly {
    private static final Set<String> VARIABLES_OF_COMMANDS =
            Set.of("CRAQ_MANAGER", "CRAQ_TLS_CA", "CRAQ_TLS_CERTIFICATE", "CRAQ_TLS_KEY", "CRAQ_ACCESS_KEY_FILE");

    private final Installation installation;
    private final ServerSpec server;

    WildFly(Installation installation, ServerSpec server) {
        this.installation = installation;
        this.server = server;
    }

    /** Starts the process without waiting until the server serves. */
    ProcessRef launch(ClusterOptions options, DatabaseAccess database) {
        try {
            prepareFolder();
            ProcessBuilder builder = new ProcessBuilder(command(options, database))
                    .directory(server.folder().toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(server.console().toFile());
            // What 'craq env' exports for commands has the names of settings of servers.
            builder.environment().keySet().removeAll(VARIABLES_OF_COMMANDS);
            // Not passed as an argument, which every user of the machine could read.
            builder.environment().put("CRAQ_DB_PASSWORD", database.password());
            if (server.https()) {
                builder.environment()
                        .put(
                                "CRAQ_HTTPS_PASSWORD",
                                Certificates.keyStore(options, server.id()).password());
            }
            return ProcessRef.of(builder.start().toHandle());
        } catch (IOException e) {
            throw new ClusterException(server.id() + " can't be started: " + FailureReason.ofFile(e), e);
        }
    }

    /** Returns the reason if the deployment has failed. */
    Optional<String> deploymentFailure() {
        Path marker = deployments().resolve(war().getFileName() + ".failed");
        if (!Files.exists(marker)) {
            return Optional.empty();
        }
        return Optional.of(
                "The application can't be deployed on " + server.id() + ". " + LogExcerpt.of(server.readableLog()));
    }

    private List<String> command(ClusterOptions options, DatabaseAccess database) {
        List<String> command = new ArrayList<>();
        // A separate session: Ctrl-C and the end of the terminal are meant for the command, not for the server.
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.addAll(options.placement().launcher(server.id()));
        StandaloneCommandBuilder builder = StandaloneCommandBuilder.of(installation.wildfly())
                .setBaseDirectory(server.base())
                .setServerConfiguration(server.https() ? "standalone-https.xml" : "standalone.xml")
                .setJavaHome(Path.of(System.getProperty("java.home")))
                .setJavaOptions(
                        "-Xms64m",
                        "-Xmx" + options.heapMegabytes() + "m",
                        "-XX:+UseSerialGC",
                        // Halves what the optimizing compiler spends on a start. Other JVMs than HotSpot ignore both.
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:CompilerDirectivesFile=" + installation.compilerDirectives(),
                        // A server without memory must not continue in an undefined state; the chain can do without it.
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.net.preferIPv4Stack=true",
                        "-Djava.awt.headless=true",
                        "-Djboss.modules.system.pkgs=org.jboss.byteman");
        properties(options, database).forEach((name, value) -> builder.addServerArgument("-D" + name + "=" + value));
        command.addAll(builder.build());
        return command;
    }

    private Map<String, String> properties(ClusterOptions options, DatabaseAccess database) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("jboss.bind.address", server.host());
        properties.put(server.https() ? "jboss.https.port" : "jboss.http.port", Integer.toString(server.http()));
        if (server.https()) {
            properties.put(
                    "craq.https.keystore",
                    Certificates.keyStore(options, server.id()).file().toString());
        }
        properties.put("jboss.management.http.port", Integer.toString(server.management()));
        properties.put("jboss.node.name", server.id());
        properties.put("craq.db.url", database.url());
        properties.put("craq.db.user", database.user());
        if (server.manager()) {
            properties.put("craq.manager.bind", server.host());
            properties.put("craq.manager.id", server.id());
            properties.put("craq.manager.grpc.port", Integer.toString(server.grpc()));
            properties.put("craq.manager.grpc.address", server.grpcAddress());
            properties.put("craq.manager.http.url", server.httpUrl());
            properties.put("craq.chain.length", Integer.toString(options.nodes()));
            properties.put("craq.read.policy", options.readPolicy());
        } else {
            properties.put("craq.node.id", server.id());
            properties.put("craq.node.bind", server.host());
            properties.put("craq.node.grpc.port", Integer.toString(server.grpc()));
            properties.put("craq.node.grpc.address", server.grpcAddress());
            properties.put("craq.node.http.url", server.httpUrl());
            properties.put("craq.node.data", server.folder().resolve("chunks").toString());
            properties.put("craq.manager", String.join(",", ServerSpec.managerAddresses(options)));
        }
        properties.putAll(options.propertiesOf(server.id()));
        return properties;
    }

    /**
     * Prepares the server's folder: the configuration is copied from the installation at each start, and the remains of
     * earlier runs are removed.
     */
    private void prepareFolder() throws IOException {
        Directories.createOwnerOnly(server.folder());
        Path configuration = Files.createDirectories(server.base().resolve("configuration"));
        Path template = installation.wildfly().resolve("standalone/configuration");
        try (Stream<Path> files = Files.list(template)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = configuration.resolve(file.getFileName().toString());
                // The users of the console belong to this server; everything else comes from the installation.
                if (!Files.exists(copy) || !copy.toString().contains("mgmt-")) {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        Directories.delete(deployments());
        Directories.delete(server.base().resolve("tmp"));
        Directories.delete(server.base().resolve("data/content"));
        Files.createDirectories(deployments());
        // An archive that is there when the server starts is deployed immediately, without waiting for the scanner.
        Files.copy(war(), deployments().resolve(war().getFileName().toString()));
    }

    private Path deployments() {
        return server.base().resolve("deployments");
    }

    private Path war() {
        return server.manager() ? installation.managerWar() : installation.nodeWar();
    }
}
