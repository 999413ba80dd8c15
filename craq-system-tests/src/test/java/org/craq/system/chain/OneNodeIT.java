package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.craq.client.CraqClient;
import org.craq.client.MemberInfo;
import org.craq.cluster.ClusterPorts;
import org.craq.cluster.DatabaseAccess;
import org.craq.cluster.Installation;
import org.craq.cluster.LocalClusterBuilder;
import org.craq.cluster.LocalDatabase;
import org.craq.system.Folders;
import org.craq.system.TestCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * One node has a database and a disk of its own. When its database is unavailable, the node serves what is in its
 * memory. When its disk is full while the head's is not, writes are refused and reads continue. Nothing is restarted.
 * The node's server starts before its database, and the node waits.
 */
// The node has its own disk and database, and the allowed response times do not suffice for three clusters at once.
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class OneNodeIT {
    private static final String NODE = "n2";
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);
    /** The time for a server to start on a busy machine. */
    private static final Duration START_LIMIT = Duration.ofMinutes(6);
    /** Several times the duration of a lease that is not renewed. */
    private static final Duration AWHILE = Duration.ofSeconds(8);

    private static final Path DATABASE_FOLDER = Folders.target().resolve("own-database-" + NODE);

    /** A disk in memory: others hardly use it, and the kernel reports free space as for any disk. */
    private static final Path DISK = Path.of("/dev/shm");

    private static final long ROOM = 64 << 20;

    private final Rest rest = new Rest(ANSWER_LIMIT);
    private final String password = UUID.randomUUID().toString();
    private final LocalDatabase database = new LocalDatabase(
            Installation.in(Installation.home()),
            DATABASE_FOLDER,
            ClusterPorts.free(1).database(),
            password);
    private final Thread emergencyStop = new Thread(database::close, "stop of the database of " + NODE);
    private Path disk;
    private TestCluster own;

    @BeforeAll
    void startCluster() throws IOException {
        // A killed run may have left its database running.
        database.close();
        Folders.delete(DATABASE_FOLDER);
        Runtime.getRuntime().addShutdownHook(emergencyStop);
        database.start();
        DatabaseAccess access = database.access();
        own = TestCluster.create(
                "one-node",
                cluster -> ownDisk(cluster.nodes(2)
                        .startLimit(START_LIMIT)
                        .property(NODE, "craq.db.url", access.url())
                        .property(NODE, "craq.db.user", access.user())
                        .property(NODE, "craq.db.password", password)));
        own.cluster().up();
    }

    /** Provides a disk of which the node may use {@link #ROOM}. */
    private LocalClusterBuilder ownDisk(LocalClusterBuilder cluster) {
        try {
            long free = Files.isDirectory(DISK) ? Files.getFileStore(DISK).getUsableSpace() : 0;
            if (free < 4 * ROOM) {
                return cluster;
            }
            disk = Files.createTempDirectory(DISK, "craq-one-node-");
            return cluster.property(
                            NODE, "craq.node.data", disk.resolve("chunks").toString())
                    .property(NODE, "craq.node.disk.reserve", Long.toString(free - ROOM));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    void stopCluster() throws IOException {
        if (own != null) {
            own.close();
        }
        database.close();
        Runtime.getRuntime().removeShutdownHook(emergencyStop);
        Folders.delete(DATABASE_FOLDER.resolve("data"));
        if (disk != null) {
            Folders.delete(disk);
        }
    }

    @Test
    void theNodeServesWhatItRemembersUntilItsDatabaseIsBack() {
        List<Long> servers = processes();
        String url = own.cluster().nodeUrl(NODE);
        byte[] hot = RandomBytes.array(3, 2 << 20);
        String head = headUrl();
        assertThat(rest.put(Rest.file(head, "hot"), hot).status()).isEqualTo(201);
        assertThat(rest.get(Rest.file(url, "hot")).body()).isEqualTo(hot);

        database.close();
        CompletableFuture<Rest.Answer> write =
                CompletableFuture.supplyAsync(() -> rest.put(Rest.file(head, "late"), new byte[10]));
        long begin = System.nanoTime();
        int reads = 0;
        while (System.nanoTime() - begin < AWHILE.toNanos()) {
            Rest.Answer read = rest.get(Rest.file(url, "hot"));
            assertThat(read.status()).as("read %d", reads).isEqualTo(200);
            assertThat(read.body()).isEqualTo(hot);
            reads++;
        }
        System.out.printf("%d strong reads without the node's database%n", reads);
        Rest.Answer list = rest.get(URI.create(url + "/v1/files"));
        assertThat(list.status()).isEqualTo(503);
        assertThat(list.json().get("code").getAsString()).isEqualTo("DATABASE_UNAVAILABLE");

        database.start();
        assertThat(write.join().status()).as(write.join().text()).isIn(201, 503);
        await().atMost(ANSWER_LIMIT)
                .until(() ->
                        rest.put(Rest.file(headUrl(), "hot"), new byte[] {1}).status() == 200);
        assertThat(rest.get(Rest.file(url, "hot")).body()).containsExactly(1);
        assertThat(processes()).as("no server was restarted").isEqualTo(servers);
    }

    @Test
    void aTailWithoutRoomRefusesWritesUntilThereIsSomeAndReadsGoOn() throws IOException {
        assumeTrue(disk != null, DISK + " has no room for this test");
        becomesTail();
        List<Long> servers = processes();
        byte[] content = RandomBytes.array(5, 3 << 20);
        String head = headUrl();
        assertThat(rest.put(Rest.file(head, "before"), content).status()).isEqualTo(201);

        Path filler = Files.write(disk.resolve("filler"), RandomBytes.array(6, (int) (2 * ROOM)));
        Map<String, Rest.Answer> answers = new LinkedHashMap<>();
        // A write that the head admitted before it knew about the tail's disk may still use the reserve.
        await().atMost(ANSWER_LIMIT).until(() -> {
            String name = "full/" + answers.size();
            answers.put(name, rest.put(Rest.file(head, name), content));
            return answers.get(name).status() == 507;
        });
        Rest.Answer refused = rest.put(Rest.file(head, "full/small"), new byte[10]);
        answers.put("full/small", refused);
        answers.forEach((name, answer) -> System.out.printf("a full disk: %s: %d%n", name, answer.status()));
        assertThat(refused.status()).as(refused.text()).isEqualTo(507);
        assertThat(refused.json().get("code").getAsString()).isEqualTo("STORAGE_FULL");
        for (String node : own.cluster().nodes()) {
            String url = own.cluster().nodeUrl(node);
            assertThat(rest.get(Rest.file(url, "before")).body()).isEqualTo(content);
            answers.forEach(
                    (name, answer) -> assertThat(rest.get(Rest.file(url, name)).status())
                            .as("%s, whose writer got status %d, on %s", name, answer.status(), node)
                            .isEqualTo(answer.status() == 201 ? 200 : 404));
        }

        Files.delete(filler);
        await().atMost(ANSWER_LIMIT)
                .until(() -> rest.put(Rest.file(head, "after"), content).status() / 100 == 2);
        for (String node : own.cluster().nodes()) {
            assertThat(rest.get(Rest.file(own.cluster().nodeUrl(node), "after")).body())
                    .isEqualTo(content);
        }
        assertThat(processes()).as("no server was restarted").isEqualTo(servers);
    }

    @Test
    void aNodeThatComesUpBeforeItsDatabaseWaitsForIt() {
        byte[] content = RandomBytes.array(8, 200_000);
        assertThat(rest.put(Rest.file(headUrl(), "before the start"), content).status())
                .isEqualTo(201);
        String url = own.cluster().nodeUrl(NODE);
        own.cluster().stop(NODE);
        database.close();
        CompletableFuture<Void> start =
                CompletableFuture.runAsync(() -> own.cluster().start(NODE));
        try {
            await().atMost(START_LIMIT).until(() -> answers(url + "/health/ready", 503, "waiting for its database"));
            assertThat(answers(url + "/health/live", 200, "UP")).isTrue();
            assertThat(answers(url + "/v1/files/hot", 503, "NOT_SERVING")).isTrue();
            assertThat(answers(url + "/metrics", 200, "jvm_")).isTrue();
        } finally {
            database.start();
            start.join();
        }
        await().atMost(ANSWER_LIMIT).until(() -> answers(url + "/health/ready", 200, "UP"));
        assertThat(rest.get(Rest.file(url, "before the start")).body()).isEqualTo(content);
    }

    private boolean answers(String url, int status, String text) {
        try {
            Rest.Answer answer = rest.get(URI.create(url));
            return answer.status() == status && answer.text().contains(text);
        } catch (UncheckedIOException e) {
            // Nothing listens on the port yet.
            return false;
        }
    }

    /** Returning nodes join at the end of the chain. */
    private void becomesTail() {
        if (headUrl().equals(own.cluster().nodeUrl(NODE))) {
            own.cluster().stop(NODE);
            own.cluster().start(NODE);
        }
        await().atMost(ANSWER_LIMIT).until(() -> {
            try (CraqClient client = client()) {
                List<MemberInfo> members = client.chain().members();
                return members.size() == 2 && members.get(1).nodeId().equals(NODE);
            }
        });
    }

    private CraqClient client() {
        return CraqClient.builder().manager(own.cluster().managerAddress()).build();
    }

    private String headUrl() {
        try (CraqClient client = client()) {
            List<MemberInfo> members = client.chain().members();
            assertThat(members).hasSize(2);
            return members.get(0).httpUrl();
        }
    }

    private List<Long> processes() {
        return own.cluster().status().servers().stream()
                .flatMap(server -> server.pid().stream())
                .toList();
    }
}
