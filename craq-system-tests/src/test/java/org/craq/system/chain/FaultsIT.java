package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.craq.client.FileInfo;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Servers are killed, frozen, stopped and replaced while clients write and read. Each test begins and ends with a
 * complete chain of three. After each test, all nodes hold the same files, nothing that was acknowledged is missing,
 * and no strong read of the whole run has gone back in time.
 */
@ExtendWith(ChainExtension.class)
// No other cluster may use the processors while leases depend on the clock.
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FaultsIT {
    /** Many times the lease: a node that is frozen this long wakes up in a chain that has continued without it. */
    private static final Duration FREEZE = Duration.ofSeconds(10);

    private static final int LONG_DOWNLOAD = 48 << 20;
    /** Several parts. */
    private static final int LONG_UPLOAD = 200 << 20;

    private final VersionHistory history = new VersionHistory();
    private final Ledger ledger = new Ledger();
    private FaultyChain chain;
    private Storm storm;

    @BeforeAll
    void prepare(FaultyChain shared) throws IOException {
        chain = shared;
        Storm.prepare(chain, history);
    }

    @BeforeEach
    void letItBlow(TestInfo test) {
        // Does nothing, unless the previous test has failed.
        chain.up();
        storm = new Storm(chain, history, ledger, test.getDisplayName().hashCode());
        storm.awaitProgress();
    }

    /** Runs after a failure, too, so that the next test is not affected by these clients. */
    @AfterEach
    void letItEnd() {
        storm.close();
    }

    private void nothingIsLost() throws Exception {
        chain.awaitAllNodes();
        storm.awaitProgress();
        storm.end();
        storm.checkNodesAgree();
        history.check();
        System.out.printf("%d writes, %d reads, %d ledger lines%n", history.writes(), history.reads(), ledger.size());
    }

    @Test
    void aChainOutlivesItsHeadAndKnowsTheWritesThatItHadAnswered() throws Exception {
        PutOptions again = PutOptions.defaults().withWriteId(UUID.randomUUID());
        byte[] content = RandomBytes.array(71, 5000);
        Receipt first = chain.client().put("once", new ByteArrayInputStream(content), again);
        String head = chain.head();

        chain.cluster().kill(head);
        Receipt second = chain.client().put("once", new ByteArrayInputStream(content), again);

        assertThat(second.version()).isEqualTo(first.version());
        assertThat(second.members()).doesNotContain(head);
        assertThat(chain.client().stat("once").version()).isEqualTo(first.version());
        byte[] other = RandomBytes.array(72, 5000);
        assertThatThrownBy(() -> chain.client().put("once", new ByteArrayInputStream(other), again))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WRITE_ID_REUSED));
        goesOnWithout(head);
    }

    @Test
    void aResumedPutOutlivesItsHead(@TempDir Path folder) throws Exception {
        byte[] content = RandomBytes.array(74, LONG_UPLOAD);
        Path source = Files.write(folder.resolve("source"), content);
        String head = chain.head();
        AtomicBoolean killed = new AtomicBoolean();
        PutOptions options = PutOptions.defaults()
                .withResume(folder.resolve("records"), note -> {})
                .withProgress(sent -> {
                    if (sent > LONG_UPLOAD * 5L / 6 && killed.compareAndSet(false, true)) {
                        chain.cluster().kill(head);
                    }
                });

        Receipt receipt = chain.client().put("resumed", source, options);

        assertThat(receipt.members()).doesNotContain(head);
        assertThat(Digest.of(target -> chain.client().get("resumed", target))).isEqualTo(Digest.of(content));
        goesOnWithout(head);
    }

    @Test
    @EnabledIfSystemProperty(named = "craq.it.faults", matches = "all")
    void aChainOutlivesItsMiddle() throws Exception {
        String middle = chain.middle();
        chain.cluster().kill(middle);
        goesOnWithout(middle);
    }

    @Test
    void aChainOutlivesItsTailAndALongDownloadGoesOnElsewhere() throws Exception {
        byte[] content = RandomBytes.array(72, LONG_DOWNLOAD);
        Receipt stored = chain.client().put("long", new ByteArrayInputStream(content));
        // Reads prefer the tail.
        String tail = chain.tail();
        FileInfo[] read = new FileInfo[1];

        String digest = Digest.of(target -> read[0] = chain.client().get("long", new Midway(target, LONG_DOWNLOAD / 4) {
            @Override
            void reached() throws IOException {
                chain.cluster().kill(tail);
                chain.client().put("long", new ByteArrayInputStream(RandomBytes.array(73, 1000)));
            }
        }));

        assertThat(digest).isEqualTo(Digest.of(content));
        assertThat(read[0].version()).isEqualTo(stored.version());
        goesOnWithout(tail);
    }

    private void goesOnWithout(String killed) throws Exception {
        chain.awaitRemoval(killed);
        storm.awaitProgress();
        chain.cluster().start(killed);
        nothingIsLost();
    }

    @Test
    void aFrozenHeadComesBackWithoutHavingServedAnythingOld() throws Exception {
        comesBackFrozen(chain.head());
    }

    @Test
    @EnabledIfSystemProperty(named = "craq.it.faults", matches = "all")
    void aFrozenTailComesBackWithoutHavingServedAnythingOld() throws Exception {
        comesBackFrozen(chain.tail());
    }

    private void comesBackFrozen(String node) throws Exception {
        chain.cluster().pause(node);
        try {
            storm.blowFor(FREEZE);
            chain.awaitRemoval(node);
        } finally {
            chain.cluster().resume(node);
        }
        nothingIsLost();
    }

    @Test
    void aStandbyTakesOverFromAKilledManager() throws Exception {
        String leader = chain.leader();
        long epoch = chain.chain().epoch();

        chain.cluster().kill(leader);
        storm.awaitProgress();

        assertThat(chain.leader()).isNotEqualTo(leader);
        assertThat(chain.chain().epoch()).as("no node lost its lease").isEqualTo(epoch);
        chain.cluster().start(leader);
        nothingIsLost();
    }

    @Test
    @EnabledIfSystemProperty(named = "craq.it.faults", matches = "all")
    void everyNodeCanBeStoppedAndStartedInTurn() throws Exception {
        for (String node : FaultyChain.NODES) {
            chain.cluster().stop(node);
            storm.awaitProgress();
            chain.cluster().start(node);
            chain.awaitAllNodes();
        }
        nothingIsLost();
    }

    @Test
    @EnabledIfSystemProperty(named = "craq.it.faults", matches = "all")
    void allServersCanBeStoppedAndStartedAgain() throws Exception {
        chain.cluster().down();
        assertThat(chain.cluster().isPartlyUp()).isFalse();
        chain.up();
        nothingIsLost();
    }

    @Test
    void allServersCanBeKilledAtOnceAndStartedAgain() throws Exception {
        chain.killAllServers();
        chain.up();
        nothingIsLost();
    }

    @Test
    @EnabledIfSystemProperty(named = "craq.it.faults", matches = "all")
    void aNodeIsAddedAndRemovedByAnAdministrator() throws Exception {
        List<String> four = Stream.concat(FaultyChain.NODES.stream(), Stream.of(FaultyChain.SPARE))
                .toList();
        assertThat(change("POST", "", "dryRun=true").status())
                .as("not registered yet")
                .isEqualTo(404);
        chain.cluster().start(FaultyChain.SPARE);

        Rest.Answer plan = change("POST", "", "dryRun=true");
        assertThat(plan.status()).as(plan.text()).isEqualTo(200);
        assertThat(plan.text()).contains("\"dryRun\":true", FaultyChain.SPARE);
        assertThat(chain.chain().members()).hasSize(FaultyChain.NODES.size());
        assertThat(change("POST", "", "").status()).isEqualTo(202);
        chain.awaitMembers(four);
        storm.awaitProgress();
        Rest.Answer twice = change("POST", "", "force=maybe");
        assertThat(twice.status()).as(twice.text()).isEqualTo(400);

        // While one member is down, removing another one would leave too few replicas.
        chain.cluster().kill(FaultyChain.NODES.get(0));
        chain.awaitRemoval(FaultyChain.NODES.get(0));
        Rest.Answer refused = change("DELETE", "/" + FaultyChain.SPARE, "dryRun=true");
        assertThat(refused.status()).as(refused.text()).isEqualTo(409);
        chain.cluster().start(FaultyChain.NODES.get(0));
        chain.awaitMembers(four);

        Rest.Answer removal = change("DELETE", "/" + FaultyChain.SPARE, "");
        assertThat(removal.status()).as(removal.text()).isEqualTo(202);
        chain.awaitRemoval(FaultyChain.SPARE);
        chain.cluster().stop(FaultyChain.SPARE);
        nothingIsLost();
    }

    private Rest.Answer change(String method, String node, String query) {
        String url = chain.cluster().nodeUrl(chain.leader());
        String body = method.equals("POST") ? "{\"nodeId\": \"" + FaultyChain.SPARE + "\"}" : "";
        return new Rest()
                .send(
                        method,
                        URI.create(
                                url + "/v1/admin/chains/" + chain.chain().chainId() + "/members" + node + "?" + query),
                        body.getBytes(StandardCharsets.UTF_8),
                        "Content-Type",
                        "application/json");
    }

    /** A stream that pauses once in the middle for an action. */
    private abstract static class Midway extends FilterOutputStream {
        private long left;

        Midway(OutputStream target, long after) {
            super(target);
            left = after;
        }

        abstract void reached() throws IOException;

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            boolean before = left > 0;
            left -= length;
            if (before && left <= 0) {
                reached();
            }
        }
    }
}
