package org.craq.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.craq.client.ClientTls;
import org.craq.client.ClusterHttp;
import org.craq.client.FailureReason;
import org.craq.wire.CraqException;

/** The certificates of a cluster's servers, in a folder as {@code craq certs} makes it. */
final class Certificates {
    private static final String AUTHORITIES = "craq.tls.ca";
    private static final String CERTIFICATE = "craq.tls.certificate";
    private static final String KEY_STORE = "node.p12";

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
            String prefix = server.id() + ClusterOptions.SERVER_SEPARATOR;
            Path files = own.resolve(server.id());
            properties.put(prefix + CERTIFICATE, existing(own, files.resolve("node.crt"), servers));
            properties.put(prefix + "craq.tls.key", existing(own, files.resolve("node.key"), servers));
            existing(own, files.resolve(KEY_STORE), servers);
        }
        return properties;
    }

    /**
     * The key store with a server's certificate and key for HTTPS.
     *
     * @param password what opens it
     */
    record KeyStore(Path file, String password) {}

    /**
     * Returns the key store that lies beside a server's certificate.
     *
     * @throws ClusterException if there is none or its password can't be read, with what to do
     */
    static KeyStore keyStore(ClusterOptions options, String server) {
        String certificate = options.propertiesOf(server).get(CERTIFICATE);
        if (certificate == null) {
            throw ClusterException.wrongUsage(server + " has no certificate, and others have. Name the folder with the"
                    + " certificates of all servers: craq up --certs DIR");
        }
        Path file = Path.of(certificate).resolveSibling(KEY_STORE);
        Path password = file.resolveSibling(KEY_STORE + ".password");
        try {
            if (!Files.isRegularFile(file)) {
                throw new NoSuchFileException(file.toString());
            }
            return new KeyStore(file, Files.readString(password).strip());
        } catch (IOException e) {
            throw new ClusterException(
                    "The key store of " + server + " for HTTPS can't be used: " + FailureReason.ofFile(e)
                            + ". Make the server's files again: craq certs renew " + server + " --dir "
                            + Optional.ofNullable(file.getParent())
                                    .map(Path::getParent)
                                    .orElse(file),
                    e);
        }
    }

    /** Returns when the certificate in a server's folder expires. */
    static Instant expires(Path folder) throws IOException {
        try (InputStream file = Files.newInputStream(folder.resolve("node.crt"))) {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file);
            return certificate.getNotAfter().toInstant();
        } catch (CertificateException e) {
            throw new IOException(folder.resolve("node.crt") + " is no certificate", e);
        }
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

    /** Returns HTTP connections to a cluster. */
    static ClusterHttp http(ClusterOptions options) {
        try {
            return ClusterHttp.of(ofClient(options));
        } catch (CraqException e) {
            throw new ClusterException("The certificates of the cluster can't be used: " + e.getMessage(), e);
        }
    }

    /** Returns how a client encrypts its connections to a cluster; empty if it does not. */
    static Optional<ClientTls> ofClient(ClusterOptions options) {
        return authorities(options).map(ClientTls::trusting);
    }
}
