package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.craq.client.CraqClient;
import org.craq.client.MemberInfo;
import org.craq.cluster.ClusterPorts;
import org.craq.cluster.DatabaseAccess;
import org.craq.cluster.Installation;
import org.craq.cluster.LocalDatabase;
import org.craq.system.Folders;
import org.craq.system.TestCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A node has a database of its own, which goes away: the node serves what it remembers, and nothing is restarted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class OwnDatabaseIT {
    private static final String NODE = "n2";
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);
    /** Several times as long as a lease lasts that is not renewed. */
    private static final Duration AWHILE = Duration.ofSeconds(8);

    private static final Path DATABASE_FOLDER = Folders.target().resolve("own-database-" + NODE);

    private final Rest rest = new Rest(ANSWER_LIMIT);
    private final String password = UUID.randomUUID().toString();
    private final LocalDatabase database = new LocalDatabase(
            Installation.in(Installation.home()),
            DATABASE_FOLDER,
            ClusterPorts.free(1).database(),
            password);
    private final Thread emergencyStop = new Thread(database::close, "stop of the database of " + NODE);
    private TestCluster own;

    @BeforeAll
    void startCluster() {
        // A run that was killed may have left its database behind.
        database.close();
        Folders.delete(DATABASE_FOLDER);
        Runtime.getRuntime().addShutdownHook(emergencyStop);
        database.start();
        DatabaseAccess access = database.access();
        own = TestCluster.create("own-database", cluster -> cluster.nodes(2)
                .startLimit(Duration.ofMinutes(6))
                .property(NODE, "craq.db.url", access.url())
                .property(NODE, "craq.db.user", access.user())
                .property(NODE, "craq.db.password", password));
        own.cluster().up();
    }

    @AfterAll
    void stopCluster() throws IOException {
        if (own != null) {
            own.close();
        }
        database.close();
        Runtime.getRuntime().removeShutdownHook(emergencyStop);
        Folders.delete(DATABASE_FOLDER.resolve("data"));
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

    private String headUrl() {
        try (CraqClient client =
                CraqClient.builder().manager(own.cluster().managerAddress()).build()) {
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
