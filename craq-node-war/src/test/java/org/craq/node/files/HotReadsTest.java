package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Freshness;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.WriteId;
import org.craq.node.metadata.FileRecord;
import org.craq.node.metadata.HotFiles;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metadata.RetentionTable;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.replication.ChainDriver;
import org.craq.node.replication.Members;
import org.craq.node.replication.OpenContents;
import org.craq.node.replication.OpenRelays;
import org.craq.node.replication.Peers;
import org.craq.node.replication.PushConnections;
import org.craq.node.replication.RetentionRules;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.DiskReserve;
import org.craq.node.store.Doubt;
import org.craq.node.store.FaultyDisk;
import org.craq.node.store.StoreRig;
import org.craq.node.threads.Pools;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.ChunkBuffers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A complete node that is the only member of its chain, and whose database becomes unavailable and comes back. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HotReadsTest {
    private static final NodeId NODE = new NodeId("n1");
    private static final ChainId CHAIN = new ChainId("c1");
    private static final FileName FILE = new FileName("file");
    private static final RequestedFreshness STRONG = new RequestedFreshness(new Freshness.Strong(), Optional.empty());

    private final ThreadFactory factory = Executors.defaultThreadFactory();
    private final Pools pools = new Pools(factory, Runnable::run);
    private final Peers peers = new Peers(factory, 1, pools.threads().control(), Optional.empty());
    private final FaultyDisk disk = new FaultyDisk(new Random(5));
    private final ChunkStore store =
            new ChunkStore(disk, new DiskReserve(disk, OptionalLong.of(0)), Map.of(), Doubt.NONE, Set.of());
    private final MemoryMetadata metadata = new MemoryMetadata(CHAIN);
    private final HotFiles hot = new HotFiles(1 << 20);
    private final OpenContents open = new OpenContents();
    private final NodeMeters meters = new NodeMeters(new PrometheusRegistry());
    private final Members members = new Members(
            NODE,
            "",
            new ChainDriver.SharedParts(
                    pools.threads(),
                    peers,
                    new PushConnections(
                            0,
                            Optional.empty(),
                            Optional.empty(),
                            pools.threads().connections(),
                            ChunkBuffers.direct(4)),
                    store,
                    metadata,
                    hot,
                    new RetentionRules(new NothingToForget(), 10, Duration.ofDays(1)),
                    open,
                    meters));
    private final FileStore files =
            new FileStore(NODE, members, metadata, pools.threads().data(), meters);
    private final UploadPermits longUploads = new UploadPermits(256 << 20);
    private final FileWrites writes =
            new FileWrites(NODE, members, new OpenRelays(), longUploads, meters, Quotas.none());
    private final Contents contents =
            new Contents(NODE, metadata, hot.chunks(), store, new StoreRig(new Random(1)).repair, open, meters);

    private static final class NothingToForget extends RetentionTable {
        @Override
        public Seq olderThan(ReplicaLife owner, Seq from, long cutoffMillis) {
            return Seq.NONE;
        }

        @Override
        public Surplus surplus(ReplicaLife owner, Seq upTo, int keep) {
            return new Surplus(Seq.NONE, upTo, upTo, List.of(), Map.of());
        }

        @Override
        public boolean giveUp(ReplicaLife owner, Surplus surplus, Predicate<ContentId> held) {
            return true;
        }

        @Override
        public boolean letGo(ReplicaLife owner, Predicate<ContentId> held) {
            return true;
        }
    }

    @BeforeEach
    void start() {
        members.start();
        members.configured(new Chain(
                CHAIN,
                new Epoch(1),
                List.of(new Member(NODE, members.incarnation(), "127.0.0.1:1", "http://127.0.0.1:1", true)),
                1));
        leased(Duration.ofMinutes(5));
        await().until(() -> members.onlyDriver().view().serves());
    }

    private void leased(Duration time) {
        members.leased(members.incarnation(), System.nanoTime() + time.toNanos());
    }

    @AfterEach
    void stop() {
        members.close();
        peers.close();
        pools.close();
        store.close();
    }

    private CompletableFuture<FileWrites.Done> put(FileName name, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        Upload upload = writes.upload(
                new NewFile(
                        name,
                        new WriteId(UUID.randomUUID()),
                        new Labels("", Map.of()),
                        Content.MIN_CHUNK_SIZE,
                        List.of()),
                () -> longUploads.takeNow(""));
        upload.append(0, ByteBuffer.wrap(bytes), (int) crc.getValue());
        return upload.finish(bytes.length, (int) crc.getValue()).thenApply(outcome -> writes.done(name, outcome));
    }

    private Answer<FileRecord> find(FileName name, Optional<Version> version) {
        return FileStore.await(files.find(name, version, STRONG));
    }

    private String get(FileName name) {
        Answer<FileRecord> found = find(name, Optional.empty());
        assertThat(found.level()).isEqualTo(ReadOutcome.Level.STRONG);
        Body content = found.value().body().orElseThrow();
        try (Contents.Range range = contents.range(content, 0, content.length())) {
            return StandardCharsets.UTF_8.decode(range.next().bytes()).toString();
        }
    }

    private static void assertFails(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void whatWasWrittenOrReadIsReadStronglyWhileTheDatabaseIsAway() {
        Version version = FileStore.await(put(FILE, "first")).version();
        assertThat(get(FILE)).isEqualTo("first");
        assertThat(metadata.looks()).isZero();

        metadata.away(true);
        assertThat(get(FILE)).isEqualTo("first");
        assertThat(find(FILE, Optional.of(version)).value().version()).isEqualTo(version);
        assertFails(ErrorCode.DATABASE_UNAVAILABLE, () -> get(new FileName("never asked for")));
    }

    @Test
    void thatThereIsNoSuchFileIsKnownWithoutTheDatabaseToo() {
        FileStore.await(put(new FileName("other"), "x"));
        assertFails(ErrorCode.NOT_FOUND, () -> get(FILE));
        metadata.away(true);
        assertFails(ErrorCode.NOT_FOUND, () -> get(FILE));
    }

    @Test
    void writesWaitForTheDatabaseOrFailClearlyAndAreReadOnceTheyAreDurable() {
        FileStore.await(put(FILE, "first"));
        metadata.away(true);
        assertFails(ErrorCode.DATABASE_UNAVAILABLE, () -> FileStore.await(put(FILE, "refused")));
        assertThat(get(FILE)).isEqualTo("first");

        metadata.away(false);
        FileStore.await(put(FILE, "second"));
        assertThat(get(FILE)).isEqualTo("second");
        metadata.away(true);
        assertThat(get(FILE)).isEqualTo("second");
    }

    @Test
    void withoutTheLeaseNothingIsReadStrongly() {
        FileStore.await(put(FILE, "first"));
        FileStore.await(members.onlyDriver().leave());
        assertFails(ErrorCode.NOT_SERVING, () -> get(FILE));
        RequestedFreshness eventual = new RequestedFreshness(new Freshness.Eventual(), Optional.empty());
        metadata.away(true);
        assertThat(FileStore.await(files.find(FILE, Optional.empty(), eventual))
                        .value()
                        .name())
                .isEqualTo(FILE);
    }
}
