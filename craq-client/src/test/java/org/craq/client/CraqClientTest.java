package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.craq.core.chain.Role;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CraqClientTest {
    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static void put(CraqClient client, String name) throws IOException {
        client.put(name, new ByteArrayInputStream(new byte[] {1}));
    }

    @Test
    void aListingWalksAllPages() throws IOException {
        try (CraqClient client = cluster.client().build()) {
            for (String name : List.of("b/1", "a/3", "a/1", "a/2", "a_1")) {
                put(client, name);
            }
            assertThat(StreamSupport.stream(client.listAll("a/").spliterator(), false)
                            .map(FileInfo::name))
                    .containsExactly("a/1", "a/2", "a/3");
            assertThat(client.listAll("zzz")).isEmpty();
            ListPage page = client.list(ListOptions.all());
            assertThat(page.last()).isFalse();
            assertThat(client.list(ListOptions.all().withCursor(page.nextCursor()))
                            .files())
                    .hasSize(2);
        }
    }

    @Test
    void aDeleteWhoseAnswerIsLostIsRepeatedUnderTheSameWriteId() throws IOException {
        try (CraqClient client = cluster.client().build()) {
            put(client, "f");
            cluster.node(1).receiptsToLose.set(1);
            assertThat(client.delete("f").version().seq()).isEqualTo(2);
            CraqException failure = catchThrowableOfType(CraqException.class, () -> client.delete("f"));
            assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(failure).hasMessageStartingWith("could not delete 'f': n1");
        }
    }

    @Test
    void theChainIsToldWithRoles() {
        try (CraqClient client = cluster.client().build()) {
            ChainInfo chain = client.chain();
            assertThat(chain.epoch()).isEqualTo(FakeStore.EPOCH);
            assertThat(chain.members()).extracting(MemberInfo::role).containsExactly(Role.HEAD, Role.MIDDLE, Role.TAIL);
            assertThat(chain.member("n2").orElseThrow().grpcAddress())
                    .isEqualTo(cluster.node(2).address());
        }
    }

    @Test
    void anUnreachableManagerIsToldWithItsAddressAndWhatToCheck() throws IOException {
        String nobody = "127.0.0.1:" + unusedPort();
        try (CraqClient client = CraqClient.builder()
                .manager(nobody)
                .operationTimeout(Duration.ofMillis(200))
                .build()) {
            CraqException failure = catchThrowableOfType(CraqException.class, () -> client.stat("f"));
            assertThat(failure.code()).isEqualTo(ErrorCode.MANAGER_UNAVAILABLE);
            assertThat(failure)
                    .hasMessageContaining(nobody)
                    .hasMessageContaining("Is the cluster running?")
                    .hasMessageContaining("Connection refused");
        }
    }

    @Test
    void anotherManagerIsAskedWhenTheFirstIsAway() throws IOException {
        try (CraqClient client = CraqClient.builder()
                .manager("127.0.0.1:" + unusedPort(), cluster.managerAddress())
                .build()) {
            assertThat(client.chain().members()).hasSize(3);
        }
    }

    @Test
    void aPortThatIsNoManagersIsTold() {
        try (CraqClient client = CraqClient.builder()
                .manager(cluster.node(1).address())
                .operationTimeout(Duration.ofMillis(200))
                .build()) {
            assertThatThrownBy(client::chain).hasMessageContaining("does not answer as a CRAQ manager");
        }
    }

    @Test
    void aManagerThatComesBackIsFoundAgain() throws IOException {
        cluster.manager.shutdownNow();
        try (CraqClient client =
                cluster.client().operationTimeout(Duration.ofSeconds(4)).build()) {
            java.util.concurrent.CompletableFuture<Integer> members =
                    java.util.concurrent.CompletableFuture.supplyAsync(
                            () -> client.chain().members().size());
            await().pollDelay(Duration.ofMillis(300)).until(() -> true);
            io.grpc.Server again = io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder.forAddress(
                            new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), cluster.managerPort))
                    .addService(cluster)
                    .build()
                    .start();
            assertThat(members.join()).isEqualTo(3);
            again.shutdownNow();
        }
    }

    @Test
    void closingLeavesNoThreadAndNoConnection() throws IOException {
        CraqClient client = cluster.client().build();
        put(client, "f");
        client.stat("f");
        assertThat(cluster.node(1).transports).hasValue(1);
        assertThat(threads()).isNotEmpty();
        client.close();
        client.close();
        await().atMost(Duration.ofSeconds(3))
                .untilAsserted(() -> assertThat(threads()).isEmpty());
        await().until(() -> cluster.nodes.stream().allMatch(node -> node.transports.get() == 0));
        assertThatThrownBy(() -> client.stat("f")).isInstanceOf(IllegalStateException.class);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("craq-client"))
                .toList();
    }

    @Test
    void addressesAreChecked() {
        for (String wrong : List.of("", "host", "host:", "host:0", ":9005", "http://host:1", "host:99999")) {
            assertThatThrownBy(() -> CraqClient.builder().manager(wrong))
                    .isInstanceOf(CraqException.class)
                    .hasMessageContaining("write host:port");
        }
    }

    @Test
    void versionsAreReadAsTheyAreWritten() {
        FileVersion version = new FileVersion(3, 1205);
        assertThat(FileVersion.parse(version.toString())).isEqualTo(version);
        for (String wrong : List.of("", "3", "3-", "-1", "3-x", "3--1", "3-1-1")) {
            assertThatThrownBy(() -> FileVersion.parse(wrong)).hasMessageContaining("for example 3-1205");
        }
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
