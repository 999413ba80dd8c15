package org.craq.system.chain;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.craq.client.CraqClient;
import org.craq.client.MemberInfo;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.StatusPage;
import org.craq.system.TestCluster;
import org.craq.wire.v1.ChainConfiguration;
import org.craq.wire.v1.GetChainRequest;
import org.craq.wire.v1.ManagerGrpc;

/** The running chain that the tests of this package share: three nodes, a manager, a database. */
final class TestChain implements AutoCloseable {
    static final List<String> NODES = List.of("n1", "n2", "n3");

    private final TestCluster own;
    private final CraqClient client;
    private final Rest rest = new Rest();
    private final StatusPage pages = new StatusPage();
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    private TestChain(TestCluster own) {
        this.own = own;
        this.client =
                CraqClient.builder().manager(own.cluster().managerAddress()).build();
    }

    /** Returns when every node serves. */
    static TestChain start() {
        TestCluster own = TestCluster.create("chain", cluster -> cluster.nodes(NODES.size()));
        own.cluster().up();
        return new TestChain(own);
    }

    LocalCluster cluster() {
        return own.cluster();
    }

    CraqClient client() {
        return client;
    }

    Rest rest() {
        return rest;
    }

    /** Returns the base URLs of the members by node id, in chain order. */
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

    /** Returns the manager's configuration of the chain, including incarnations. */
    ChainConfiguration configuration() {
        return ManagerGrpc.newBlockingStub(managerChannel()).getChain(GetChainRequest.getDefaultInstance());
    }

    ManagedChannel managerChannel() {
        return channel(cluster().managerAddress());
    }

    /** Opens a connection to the head's gRPC server. */
    ManagedChannel headChannel() {
        return channel(client.chain().members().get(0));
    }

    ManagedChannel channel(MemberInfo member) {
        return channel(member.grpcAddress());
    }

    private ManagedChannel channel(String server) {
        return channels.computeIfAbsent(server, address -> ManagedChannelBuilder.forTarget(address)
                .usePlaintext()
                .maxInboundMessageSize(4 << 20)
                .build());
    }

    /** Returns the number of bytes in each node's chunk store by node id. */
    Map<String, Long> storedBytes() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        NODES.forEach(node -> bytes.put(node, status(node).get("storedBytes").getAsLong()));
        return bytes;
    }

    /** Returns the status page of the node. */
    JsonObject status(String node) {
        return pages.get(cluster().nodeUrl(node), "/v1/admin/status")
                .map(JsonElement::getAsJsonObject)
                .orElseThrow(() -> new AssertionError(node + " does not report its status"));
    }

    @Override
    public void close() throws IOException {
        channels.values().forEach(ManagedChannel::shutdownNow);
        client.close();
        own.close();
    }
}
