package org.craq.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.craq.client.Credentials;
import org.craq.client.FailureReason;
import org.craq.client.certs.CertificateFolder;
import org.craq.client.certs.Holder;
import org.craq.client.certs.Role;
import org.craq.security.AccessKey;

/**
 * What makes a local cluster secure without anybody having to do something: certificates for all servers in {@code
 * certs} and the access key of the administrator in {@code admin.key}, both in the data directory.
 */
final class LocalSecurity {
    /** File with the administrator's access key, {@code ID:SECRET}. */
    static final String KEY_FILE = "admin.key";

    private static final String CERTIFICATES = "certs";
    private static final String SECURITY = "craq.security";
    private static final String KEY_PROPERTY = "craq.admin.key.file";
    private static final Duration RENEWED_BEFORE = Duration.ofDays(30);

    private LocalSecurity() {}

    /** Returns whether the servers ask who calls. */
    static boolean isOn(ClusterOptions options) {
        return Certificates.authorities(options).isPresent()
                && !"off".equals(options.properties().get(SECURITY));
    }

    /**
     * Prepares what the options need.
     *
     * @param wished whether the cluster is to have certificates of its own, if it has none
     * @return the options with the files
     */
    static ClusterOptions prepare(Path data, ClusterOptions options, boolean wished) {
        Path own = data.toAbsolutePath().normalize().resolve(CERTIFICATES);
        Optional<Path> authorities = Certificates.authorities(options);
        boolean usesOwn = authorities.filter(file -> file.startsWith(own)).isPresent();
        ClusterOptions secured = options;
        try {
            if (usesOwn || (authorities.isEmpty() && wished)) {
                List<ServerSpec> servers = ServerSpec.all(options, data);
                makeCertificates(new CertificateFolder(own, Clock.systemUTC()), own, servers);
                secured = with(options, Certificates.properties(own, servers));
            }
            return isOn(secured) ? with(secured, keyProperties(data, secured)) : secured;
        } catch (IOException e) {
            throw new ClusterException(
                    "The certificates of the cluster in " + own + " can't be made: " + FailureReason.ofFile(e)
                            + ". To go without: craq up --insecure, for trials on this machine only.",
                    e);
        }
    }

    private static void makeCertificates(CertificateFolder folder, Path files, List<ServerSpec> servers)
            throws IOException {
        if (!folder.exists()) {
            folder.create(Optional.empty(), false);
        }
        List<String> known = folder.ids();
        List<Holder> missing = new ArrayList<>();
        List<String> old = new ArrayList<>();
        for (ServerSpec server : servers) {
            if (!known.contains(server.id())) {
                String host = server.host().equals("127.0.0.1") ? "" : server.host() + ",";
                missing.add(Holder.server(
                        server.manager() ? Role.MANAGER : Role.NODE, server.id(), host + "127.0.0.1,localhost"));
            } else if (Certificates.expires(files.resolve(server.id()))
                    .isBefore(Instant.now().plus(RENEWED_BEFORE))) {
                old.add(server.id());
            }
        }
        folder.issue(missing, false);
        if (!old.isEmpty()) {
            folder.renew(old);
        }
    }

    private static Map<String, String> keyProperties(Path data, ClusterOptions options) throws IOException {
        Path file = keyFile(data);
        if (!Files.exists(file)) {
            AccessKey.Created key = AccessKey.create("admin", Optional.empty(), Optional.empty(), new SecureRandom());
            writeOwnerOnly(file, key.key().id() + ":" + key.secret() + "\n");
        }
        Map<String, String> properties = new TreeMap<>();
        ServerSpec.all(options, data).stream()
                .filter(ServerSpec::manager)
                .map(manager -> manager.id() + ClusterOptions.SERVER_SEPARATOR + KEY_PROPERTY)
                .filter(name -> !options.properties().containsKey(name))
                .forEach(name -> properties.put(name, file.toString()));
        return properties;
    }

    private static ClusterOptions with(ClusterOptions options, Map<String, String> properties) {
        Map<String, String> all = new TreeMap<>(options.properties());
        all.putAll(properties);
        return options.withProperties(all);
    }

    static Path keyFile(Path data) {
        return data.toAbsolutePath().normalize().resolve(KEY_FILE);
    }

    /**
     * Makes the folder with which curl trusts the cluster's authorities and sends the administrator's access key to this
     * machine's loopback addresses, and to nobody else.
     */
    static Path curlHome(Path data, ClusterOptions options) throws IOException {
        Path home = data.toAbsolutePath().normalize().resolve("curl");
        Directories.createOwnerOnly(home);
        String settings = "cacert = \"" + Certificates.authorities(options).orElseThrow() + "\"\n";
        if (isOn(options) && Files.exists(keyFile(data))) {
            String key = Files.readString(keyFile(data)).strip();
            String login = " login " + key.substring(0, key.indexOf(':')) + " password "
                    + key.substring(key.indexOf(':') + 1) + "\n";
            writeOwnerOnly(home.resolve("netrc"), "machine 127.0.0.1" + login + "machine localhost" + login);
            settings += "netrc-file = \"" + home.resolve("netrc") + "\"\n";
        }
        writeOwnerOnly(home.resolve(".curlrc"), settings);
        return home;
    }

    private static void writeOwnerOnly(Path file, String text) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text);
    }

    /** Returns the credentials of the administrator; empty if nobody asks for them. */
    static Optional<Credentials> credentials(Path data, ClusterOptions options) {
        Path file = data.resolve(KEY_FILE);
        return isOn(options) && Files.exists(file) ? Optional.of(Credentials.accessKeyFile(file)) : Optional.empty();
    }

    /** Returns the Authorization header of the administrator; empty if nobody asks for it. */
    static Optional<String> authorization(Path data, ClusterOptions options) {
        Path file = data.resolve(KEY_FILE);
        if (!isOn(options) || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of("Basic "
                    + Base64.getEncoder()
                            .encodeToString(Files.readString(file).strip().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new ClusterException("The access key in " + file + " can't be read: " + FailureReason.ofFile(e), e);
        }
    }
}
