package org.craq.system.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.cluster.ClusterPorts;
import org.craq.cluster.DatabaseAccess;
import org.craq.cluster.Installation;
import org.craq.cluster.LocalDatabase;
import org.craq.system.Folders;

/**
 * The environment of the one application server that this package's tests use: its folder in the build directory, free
 * ports, and a database of its own. There is no manager, which the node has to cope with.
 */
final class NodeServer {
    static final ClusterPorts PORTS = ClusterPorts.free(1);
    static final Installation INSTALLATION = Installation.in(Installation.home());

    private static final Path FOLDER = Folders.target().resolve("container");
    private static final String PASSWORD = UUID.randomUUID().toString();
    private static final LocalDatabase DATABASE =
            new LocalDatabase(INSTALLATION, FOLDER.resolve("postgres"), PORTS.database(), PASSWORD);

    private NodeServer() {}

    /**
     * Starts the database, which is stopped with this virtual machine at the latest, and prepares the server's folder.
     */
    static void prepare() {
        // A killed run may have left its database running.
        new LocalDatabase(INSTALLATION, FOLDER.resolve("postgres"), PORTS.database(), PASSWORD).close();
        Folders.delete(FOLDER);
        Runtime.getRuntime().addShutdownHook(new Thread(NodeServer::cleanUp, "stop of the test database"));
        copyConfiguration();
        DATABASE.start();
    }

    private static void copyConfiguration() {
        Path target = base().resolve("configuration");
        try (Stream<Path> files = Files.list(INSTALLATION.wildfly().resolve("standalone/configuration"))) {
            Files.createDirectories(target);
            Files.createDirectories(base().resolve("deployments"));
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName().toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Cleans up after the application server has stopped; the logs are kept. */
    static void cleanUp() {
        DATABASE.close();
        Folders.delete(FOLDER.resolve("postgres/data"));
        Folders.delete(FOLDER.resolve("chunks"));
        Folders.delete(base().resolve("tmp"));
        Folders.delete(base().resolve("data"));
    }

    private static Path base() {
        return FOLDER.resolve("server");
    }

    /** Returns the options of the server's virtual machine. */
    static String options() {
        DatabaseAccess database = DATABASE.access();
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("jboss.server.base.dir", base());
        properties.put("jboss.http.port", PORTS.nodeHttp().get(0));
        properties.put("jboss.management.http.port", managementPort());
        properties.put("craq.db.url", database.url());
        properties.put("craq.db.user", database.user());
        properties.put("craq.db.password", database.password());
        properties.put("craq.node.id", "n1");
        properties.put("craq.node.grpc.port", grpcPort());
        properties.put("craq.node.data", FOLDER.resolve("chunks"));
        properties.put("craq.manager", "127.0.0.1:" + PORTS.managerGrpc());
        // Soft references are cleared by each collection, so that whatever remains is strongly reachable.
        return "-Xmx256m -XX:+UseSerialGC -XX:SoftRefLRUPolicyMSPerMB=0 -Djava.net.preferIPv4Stack=true "
                + properties.entrySet().stream()
                        .map(property -> "-D" + property.getKey() + "=" + property.getValue())
                        .collect(Collectors.joining(" "));
    }

    static int managementPort() {
        return PORTS.nodeManagement().get(0);
    }

    static int grpcPort() {
        return PORTS.nodeGrpc().get(0);
    }

    /** Returns true if a process listens on the node's gRPC port. */
    static boolean grpcPortIsOpen() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), grpcPort()), 1000);
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
