package org.craq.node.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.craq.core.chain.NodeId;
import org.craq.server.Settings;
import org.craq.server.TlsSettings;
import org.craq.wire.Loopback;

/**
 * A node's configuration.
 *
 * @param bind address that the gRPC server listens on
 * @param content address of the content port, where contents are read, written and pushed bypassing gRPC; port 0: any
 *     free port
 * @param contentConnections connections to the content port at once; 0: there is no content port
 * @param contentMode how contents travel over the content port; empty: as {@link #effectiveContentMode} says
 * @param grpcAddress host:port under which other nodes and clients reach the gRPC server
 * @param httpUrl base URL under which clients reach the REST interface, without a trailing slash
 * @param data directory of the chunk store
 * @param managers host:port of each manager's gRPC server
 * @param versions how many versions of each file are kept; the same on every node
 * @param window how long write ids and tombstones are kept; the same on every node
 * @param uploadLifetime how long an upload in parts is kept while nobody continues it
 * @param cacheBytes bytes of memory for the most used files' versions and chunk locations; 0: nothing is remembered
 */
public record NodeConfig(
        NodeId id,
        InetSocketAddress bind,
        InetSocketAddress content,
        int contentConnections,
        Optional<ContentMode> contentMode,
        String grpcAddress,
        String httpUrl,
        Path data,
        List<String> managers,
        StorageConfig storage,
        int versions,
        Duration window,
        Duration uploadLifetime,
        long cacheBytes) {
    static final String ID = "craq.node.id";
    static final String BIND = "craq.node.bind";
    static final String GRPC_PORT = "craq.node.grpc.port";
    static final String CONTENT_PORT = "craq.node.content.port";
    static final String CONTENT_CONNECTIONS = "craq.node.content.connections";
    static final String CONTENT_MODE = "craq.node.content.mode";
    static final String GRPC_ADDRESS = "craq.node.grpc.address";
    static final String HTTP_URL = "craq.node.http.url";
    static final String DATA = "craq.node.data";
    static final String MANAGER = "craq.manager";
    static final String VERSIONS = "craq.node.retention.versions";
    static final String WINDOW = "craq.node.retention.window.seconds";
    static final String UPLOADS = "craq.node.uploads.expire.seconds";
    static final String CACHE = "craq.node.cache.bytes";
    static final int DEFAULT_CONTENT_CONNECTIONS = 256;
    static final int DEFAULT_VERSIONS = 10;
    static final int DEFAULT_WINDOW_SECONDS = 24 * 60 * 60;
    static final int DEFAULT_UPLOAD_SECONDS = 24 * 60 * 60;
    static final long DEFAULT_CACHE_BYTES = 32L << 20;

    public NodeConfig {
        managers = List.copyOf(managers);
        if (bind.isUnresolved()) {
            throw new IllegalArgumentException(
                    BIND + " is '" + bind.getHostString() + "', which is no address of this machine");
        }
    }

    /**
     * Reads all settings; those that are not set have defaults that suit a single machine.
     *
     * @throws IllegalArgumentException naming the setting whose value is invalid
     */
    public static NodeConfig read(Settings settings) {
        NodeId id = id(settings.text(ID, "n1"));
        String bind = settings.text(BIND, "127.0.0.1");
        int port = settings.number(GRPC_PORT, 8001, 1, 65_535);
        String url = TlsSettings.httpUrl(settings, HTTP_URL, "127.0.0.1");
        return new NodeConfig(
                id,
                new InetSocketAddress(bind, port),
                new InetSocketAddress(bind, settings.number(CONTENT_PORT, 0, 0, 65_535)),
                settings.number(CONTENT_CONNECTIONS, DEFAULT_CONTENT_CONNECTIONS, 0, 10_000),
                ContentMode.read(settings, CONTENT_MODE),
                settings.text(GRPC_ADDRESS, bind + ":" + port),
                url.endsWith("/") ? url.substring(0, url.length() - 1) : url,
                Path.of(settings.text(DATA).orElseGet(() -> defaultData(settings, id))),
                addresses(settings.text(MANAGER, "127.0.0.1:9005")),
                StorageConfig.read(settings),
                settings.number(VERSIONS, DEFAULT_VERSIONS, 1, Integer.MAX_VALUE),
                Duration.ofSeconds(settings.number(WINDOW, DEFAULT_WINDOW_SECONDS, 1, Integer.MAX_VALUE)),
                Duration.ofSeconds(settings.number(UPLOADS, DEFAULT_UPLOAD_SECONDS, 1, Integer.MAX_VALUE)),
                settings.bytes(CACHE).orElse(DEFAULT_CACHE_BYTES));
    }

    /**
     * Returns how contents travel over the content port. Unless it is set, what leaves the machine is encrypted if security is on.
     *
     * @throws IllegalArgumentException if contents can't be encrypted as the setting demands
     */
    public ContentMode effectiveContentMode(boolean security) {
        if (!security) {
            if (contentMode.equals(Optional.of(ContentMode.SECURE))) {
                throw new IllegalArgumentException(CONTENT_MODE + "=" + ContentMode.SECURE
                        + " needs security, which is off: set certificates, or remove " + CONTENT_MODE);
            }
            return ContentMode.CRC;
        }
        boolean local = Loopback.isHost(bind.getHostString()) && Loopback.isAddress(grpcAddress);
        return contentMode.orElse(local ? ContentMode.CRC : ContentMode.SECURE);
    }

    private static NodeId id(String text) {
        try {
            return new NodeId(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(ID + ": " + e.getMessage(), e);
        }
    }

    /** Returns a directory beside the server's own data, whose location each server has under another name. */
    private static String defaultData(Settings settings, NodeId id) {
        String base = settings.text("jboss.server.data.dir")
                .or(() -> settings.text("com.sun.aas.instanceRoot"))
                .or(() -> Optional.ofNullable(System.getProperty("user.dir")))
                .orElse(".");
        return Path.of(base, "craq", id.value()).toString();
    }

    private static List<String> addresses(String text) {
        List<String> addresses = Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .toList();
        for (String address : addresses) {
            if (!address.matches(".+:[0-9]{1,5}")) {
                throw new IllegalArgumentException(MANAGER + ": '" + address + "' is not of the form host:port");
            }
        }
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException(MANAGER + " needs at least one host:port");
        }
        return addresses;
    }
}
