package org.craq.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.craq.client.ClientTls;

/** The certificates of a cluster's servers, in a folder as {@code craq certs} makes it. */
final class Certificates {
    private static final String AUTHORITIES = "craq.tls.ca";

    private Certificates() {}

    /**
     * Returns the properties that let servers use their certificates.
     *
     * @throws ClusterException if a file is missing, with the command that makes them all
     */
    static Map<String, String> properties(Path folder, List<ServerSpec> servers) {
        Path own = folder.toAbsolutePath().normalize();
        Map<String, String> properties = new TreeMap<>();
        properties.put(AUTHORITIES, existing(own, own.resolve("ca.crt"), servers));
        for (ServerSpec server : servers) {
            String prefix = server.id() + ClusterOptions.SERVER_SEPARATOR + "craq.tls.";
            Path files = own.resolve(server.id());
            properties.put(prefix + "certificate", existing(own, files.resolve("node.crt"), servers));
            properties.put(prefix + "key", existing(own, files.resolve("node.key"), servers));
        }
        return properties;
    }

    private static String existing(Path folder, Path file, List<ServerSpec> servers) {
        if (!Files.isRegularFile(file)) {
            throw ClusterException.wrongUsage(
                    file + " is missing. Make the certificates of this cluster: craq certs init --dir "
                            + folder
                            + servers.stream()
                                    .map(server -> (server.manager() ? " --manager-server " : " --server ")
                                            + server.id() + "=" + server.host() + ",localhost")
                                    .collect(Collectors.joining()));
        }
        return file.toString();
    }

    /** Returns the authorities of a cluster whose servers have certificates. */
    static Optional<Path> authorities(ClusterOptions options) {
        return Optional.ofNullable(options.properties().get(AUTHORITIES)).map(Path::of);
    }

    /** Returns how a client encrypts its connections to a cluster; empty if it does not. */
    static Optional<ClientTls> ofClient(ClusterOptions options) {
        return authorities(options).map(ClientTls::trusting);
    }
}
