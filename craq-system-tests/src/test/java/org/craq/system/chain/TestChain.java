package org.craq.system.chain;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.craq.client.CraqClient;
import org.craq.client.MemberInfo;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.StatusPage;
import org.craq.system.Folders;

/**
 * The running chain that all tests of this package share: three nodes, a manager, a database, on free ports, data below
 * the build's directory. {@link #close} ends its processes and deletes its data; the logs stay.
 */
final class TestChain implements AutoCloseable {
    static final List<String> NODES = List.of("n1", "n2", "n3");

    private final LocalCluster cluster;
    private final Thread emergencyStop;
    private final CraqClient client;
    private final Rest rest = new Rest();
    private final StatusPage pages = new StatusPage();
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    private TestChain(LocalCluster cluster, Thread emergencyStop) {
        this.cluster = cluster;
        this.emergencyStop = emergencyStop;
        this.client = CraqClient.builder().manager(cluster.managerAddress()).build();
    }

    /** Returns when every node serves. */
    static TestChain start() {
        Path data = Folders.target().resolve("chain");
        // What a run that was killed has left behind: its processes are found by the data directory.
        LocalCluster.builder().data(data).build().down();
        Folders.delete(data);
        LocalCluster cluster = LocalCluster.builder()
                .data(data)
                .nodes(NODES.size())
                .freePorts()
                .build();
        Thread emergencyStop = new Thread(cluster::abort, "stop of the test chain");
        Runtime.getRuntime().addShutdownHook(emergencyStop);
        cluster.up();
        return new TestChain(cluster, emergencyStop);
    }

    LocalCluster cluster() {
        return cluster;
    }

    CraqClient client() {
        return client;
    }

    Rest rest() {
        return rest;
    }

    /** The members in their order, base URL by node id. */
    Map<String, String> members() {
        Map<String, String> urls = new LinkedHashMap<>();
        for (MemberInfo member : client.chain().members()) {
            urls.put(member.nodeId(), member.httpUrl());
        }
        return urls;
    }

    String headUrl() {
        return members().values().iterator().next();
    }

    /** A connection to the head's gRPC server. */
    ManagedChannel headChannel() {
        return channel(client.chain().members().get(0));
    }

    ManagedChannel channel(MemberInfo member) {
        return channels.computeIfAbsent(member.grpcAddress(), address -> ManagedChannelBuilder.forTarget(address)
                .usePlaintext()
                .maxInboundMessageSize(4 << 20)
                .build());
    }

    /** Bytes in each node's chunk store, by node id. */
    Map<String, Long> storedBytes() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        NODES.forEach(node -> bytes.put(node, status(node).get("storedBytes").getAsLong()));
        return bytes;
    }

    /** What the node says of itself. */
    JsonObject status(String node) {
        return pages.get(cluster.nodeUrl(node), "/v1/admin/status")
                .map(JsonElement::getAsJsonObject)
                .orElseThrow(() -> new AssertionError(node + " does not tell its status"));
    }

    @Override
    public void close() throws IOException {
        channels.values().forEach(ManagedChannel::shutdownNow);
        client.close();
        cluster.down();
        Runtime.getRuntime().removeShutdownHook(emergencyStop);
        for (String server : List.of("n1", "n2", "n3", "manager")) {
            Path folder = cluster.data().resolve(server);
            List.of("chunks", "server/deployments", "server/tmp", "server/data")
                    .forEach(data -> Folders.delete(folder.resolve(data)));
        }
        Folders.delete(cluster.data().resolve("postgres/data"));
        Files.deleteIfExists(cluster.data().resolve("cluster.json"));
    }
}
