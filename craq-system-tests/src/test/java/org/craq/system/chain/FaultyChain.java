package org.craq.system.chain;

import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.craq.client.ChainInfo;
import org.craq.client.CraqClient;
import org.craq.client.MemberInfo;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.StatusPage;
import org.craq.system.TestCluster;

/** A separate cluster to be harmed: a chain of three nodes, one spare node that is down, and two managers. */
final class FaultyChain implements AutoCloseable {
    /** The initial nodes of the chain. */
    static final List<String> NODES = List.of("n1", "n2", "n3");
    /** A node that is down unless a test starts it. */
    static final String SPARE = "n4";

    private static final List<String> SERVERS = List.of("manager", "manager2", "n1", "n2", "n3");

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final TestCluster own;
    private final CraqClient client;
    private final StatusPage pages = new StatusPage();

    private FaultyChain(TestCluster own) {
        this.own = own;
        client = newClient(Duration.ofSeconds(30));
    }

    /** Returns when every member serves. */
    static FaultyChain start() {
        TestCluster own = TestCluster.create("faults", cluster -> cluster.nodes(NODES.size() + 1)
                .managers(2)
                .heapMegabytes(256)
                // On a busy machine, a server may take ten times as long to start and catch up.
                .startLimit(Duration.ofMinutes(6))
                .property("craq.chain.length", Integer.toString(NODES.size())));
        own.cluster().up(SERVERS);
        return new FaultyChain(own);
    }

    LocalCluster cluster() {
        return own.cluster();
    }

    /** Returns the test's own client; load generators have others. */
    CraqClient client() {
        return client;
    }

    CraqClient newClient(Duration progressTimeout) {
        return CraqClient.builder()
                .manager(cluster().managerAddresses().toArray(String[]::new))
                .progressTimeout(progressTimeout)
                .build();
    }

    /** Starts the servers that are down, except the spare node. */
    void up() {
        cluster().up(SERVERS);
    }

    void killAllServers() {
        SERVERS.forEach(cluster()::kill);
    }

    /** Returns the chain as the manager has configured it now. */
    ChainInfo chain() {
        return client.chain();
    }

    String head() {
        return chain().members().get(0).nodeId();
    }

    String middle() {
        return chain().members().get(1).nodeId();
    }

    String tail() {
        List<MemberInfo> members = chain().members();
        return members.get(members.size() - 1).nodeId();
    }

    /** Returns the manager that leads. */
    String leader() {
        return await().atMost(PATIENCE).until(this::knownLeader, leader -> !leader.isEmpty());
    }

    private String knownLeader() {
        return cluster().managers().stream()
                .flatMap(manager -> pages.get(cluster().nodeUrl(manager), "/v1/admin/managers").stream())
                .map(page -> page.getAsJsonObject().get("leader"))
                .filter(JsonElement::isJsonObject)
                .map(leader -> leader.getAsJsonObject().get("id").getAsString())
                .findFirst()
                .orElse("");
    }

    /** Returns when the chain has exactly these members, in any order, all complete and serving. */
    void awaitMembers(List<String> expected) {
        await().atMost(PATIENCE).until(() -> {
            List<MemberInfo> members = chain().members();
            return members.size() == expected.size()
                    && members.stream()
                            .allMatch(member ->
                                    member.complete() && expected.contains(member.nodeId()) && serves(member.nodeId()));
        });
    }

    /** Returns when the chain has its initial nodes, in any order. */
    void awaitAllNodes() {
        awaitMembers(NODES);
    }

    /** Returns when the chain has continued without this node. */
    void awaitRemoval(String node) {
        await().atMost(PATIENCE).until(() -> chain().member(node).isEmpty());
    }

    private boolean serves(String node) {
        return pages.get(cluster().nodeUrl(node), "/v1/admin/status")
                .map(JsonElement::getAsJsonObject)
                .map(status -> status.get("serving").getAsBoolean())
                .orElse(false);
    }

    @Override
    public void close() throws IOException {
        client.close();
        own.close();
    }
}
