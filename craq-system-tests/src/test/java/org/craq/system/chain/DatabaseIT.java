package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The database refuses requests, loses answers, freezes and disappears while clients write and read. No server is
 * restarted. Afterwards all nodes hold the same log, and nothing that was acknowledged is missing.
 */
@ExtendWith(ChainExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class DatabaseIT {
    private static final int ROUNDS = 5;
    /** Longer than a node waits for the database, and longer than a write may be unanswered. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(90);

    private final VersionHistory history = new VersionHistory();
    private final Ledger ledger = new Ledger();
    private final Rest rest = new Rest(ANSWER_LIMIT);
    private FaultyChain chain;
    private DatabaseTrouble database;
    private Storm storm;
    private List<Long> servers;

    @BeforeAll
    void prepare(FaultyChain shared) throws IOException {
        chain = shared;
        database = new DatabaseTrouble(chain.cluster());
        Storm.prepare(chain, history);
    }

    @BeforeEach
    void letItBlow(TestInfo test) {
        chain.up();
        servers = processes();
        storm = new Storm(chain, history, ledger, test.getDisplayName().hashCode());
        storm.awaitProgress();
    }

    @AfterEach
    void letItEnd() {
        storm.close();
    }

    @Test
    void connectionsThatEndAtAnyMomentLoseNothing() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(database.endConnections()).isPositive();
            storm.awaitProgress();
        }
        nothingIsLost();
    }

    @Test
    void aCommitThatTookPlaceWithoutAnAnswerIsNotRepeated() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            database.holdCommitsBack();
            try {
                assertThat(database.endCommittedConnections()).isPositive();
            } finally {
                database.answerCommits();
            }
            chain.awaitAllNodes();
            storm.awaitProgress();
        }
        nothingIsLost();
    }

    @Test
    void transactionsThatCanNotBePutInOrderAreRepeated() throws Exception {
        long refused = refusedTransactions();
        database.isolate("serializable");
        try {
            await().atMost(Duration.ofMinutes(3)).until(() -> refusedTransactions() > refused + ROUNDS);
            storm.awaitProgress();
            nothingIsLost();
        } finally {
            database.isolate("read committed");
        }
    }

    @Test
    void withoutADatabaseRequestsFailInTimeAndAllGoesOnWhenItIsBack() throws Exception {
        String head = chain.cluster().nodeUrl(chain.head());
        database.stop();
        try {
            clearlyRefuses(head);
        } finally {
            database.start();
        }
        chain.awaitAllNodes();
        storm.awaitProgress();
        nothingIsLost();
    }

    @Test
    void aDatabaseThatStandsStillHoldsNobodyForEver() throws Exception {
        String head = chain.cluster().nodeUrl(chain.head());
        database.freeze();
        try {
            clearlyRefuses(head);
        } finally {
            database.thaw();
        }
        chain.awaitAllNodes();
        storm.awaitProgress();
        nothingIsLost();
    }

    /**
     * Verifies refusals. The client waits longer than the server, so every answer is the server's. A node continues to
     * serve what is in its memory.
     */
    private void clearlyRefuses(String head) {
        String hot = Storm.FILES.get(0);
        Rest.Answer remembered = rest.get(Rest.file(head, hot));
        if (remembered.status() != 200) {
            assertRefused(remembered);
        }
        assertRefused(rest.get(URI.create(head + "/v1/files?prefix=storm/")));
        assertRefused(rest.put(Rest.file(head, hot + "-refused"), new byte[10]));
        // The leases have expired by now, as the managers use the same database.
        Rest.Answer weaker = rest.get(URI.create(Rest.file(head, hot) + "?consistency=eventual"));
        assertThat(weaker.status()).as("an eventual read of a file in memory").isEqualTo(200);
    }

    private static void assertRefused(Rest.Answer answer) {
        System.out.printf("without a database: %d %s%n", answer.status(), answer.text());
        assertThat(answer.status()).as(answer.text()).isIn(503, 504);
        assertThat(answer.json().get("code").getAsString())
                .isIn("DATABASE_UNAVAILABLE", "OUTCOME_UNKNOWN", "NOT_SERVING", "NOT_HEAD", "OVERLOADED");
        assertThat(answer.text()).doesNotContain("Exception", "org.", "SQL");
    }

    private long refusedTransactions() throws IOException {
        try (var lines = Files.lines(chain.cluster().log("postgres"))) {
            return lines.filter(line -> line.contains("could not serialize access"))
                    .count();
        }
    }

    private void nothingIsLost() throws Exception {
        chain.awaitAllNodes();
        storm.awaitProgress();
        storm.end();
        storm.checkNodesAgree();
        history.check();
        // A write whose sender has stopped waiting may still complete.
        await().atMost(ANSWER_LIMIT).untilAsserted(() -> assertThat(database.logs())
                .as("logs of all nodes")
                .hasSize(1)
                .allMatch(log -> log.startsWith("whole ")));
        assertThat(database.doubleWrites()).isZero();
        assertThat(processes()).as("no server was restarted").isEqualTo(servers);
    }

    private List<Long> processes() {
        return chain.cluster().status().servers().stream()
                .flatMap(server -> server.pid().stream())
                .toList();
    }
}
