package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.craq.node.metadata.HotFiles;
import org.craq.node.metadata.HotLog;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metadata.StoredEntry;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.DiskReserve;
import org.craq.node.store.Doubt;
import org.craq.node.store.FaultyDisk;
import org.craq.node.store.FaultyDisk.Fault;
import org.craq.node.store.StagedContent;
import org.junit.jupiter.api.Test;

/** Contents are made durable before metadata, and nothing is written after a failed force. */
class LogWriterTest {
    private final FaultyDisk disk = new FaultyDisk(new Random(3));
    private final ChunkStore store =
            new ChunkStore(disk, new DiskReserve(disk, OptionalLong.of(0)), Map.of(), Doubt.NONE, Set.of());
    private final RecordedBatches metadata = new RecordedBatches();
    private final HotFiles hotFiles = new HotFiles(1 << 20);
    private final HotLog hot = hotFiles.log(Seq.NONE);
    private final Events events = new Events();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final NodeMeters meters = new NodeMeters(registry);
    private final LogWriter log = writer(Runnable::run);

    private LogWriter writer(Executor executor) {
        return new LogWriter(
                new ReplicaLife(new NodeId("n1"), new ChainId("c1"), new Incarnation(UUID.randomUUID())),
                store,
                metadata,
                hot,
                hotFiles.chunks(),
                new Pushed(),
                Runnable::run,
                executor,
                events,
                meters);
    }

    /** A source of which all contents have been pushed, and nothing can be fetched. */
    private final class Pushed implements FetchAhead.Source {
        @Override
        public boolean lacks(Content content) {
            return store.staged(content.id()).isEmpty();
        }

        @Override
        public void tryFetch(MissingContent content) {
            throw new AssertionError("nothing is missing");
        }

        @Override
        public Optional<StagedContent> obtain(MissingContent content, BooleanSupplier enough) {
            return Optional.of(store.staged(content.content().id()).orElseThrow());
        }
    }

    /** Metadata that only accept batches. */
    private static final class RecordedBatches extends Metadata {
        private final List<Entry> entries = new ArrayList<>();
        private final List<ContentId> stored = new ArrayList<>();
        private Runnable before = () -> {};

        @Override
        public void append(ReplicaLife life, List<StoredEntry> batch) {
            before.run();
            batch.forEach(each -> entries.add(each.entry()));
            batch.forEach(each -> each.chunks().keySet().forEach(content -> stored.add(content.id())));
        }

        @Override
        public Set<ContentId> recorded(NodeId node, Set<ContentId> contents) {
            return contents.stream().filter(stored::contains).collect(Collectors.toSet());
        }

        @Override
        public void truncate(ReplicaLife life, Seq keep) {
            entries.removeIf(entry -> entry.seq().isAfter(keep));
        }
    }

    private final class Events implements LogWriter.Listener {
        private final List<Seq> persisted = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();

        @Override
        public void persisted(long generation, Seq upTo) {
            assertThat(hot.newest(new FileName("f" + upTo), upTo))
                    .as("cached before the batch is reported as durable")
                    .isPresent();
            persisted.add(upTo);
        }

        @Override
        public void failed(String reason) {
            failures.add(reason);
        }
    }

    private Content staged(long number) {
        byte[] bytes = {1, 2, 3};
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        ContentId id = new ContentId(new UUID(0, number));
        store.stage(id).append(ByteBuffer.wrap(bytes), (int) crc.getValue());
        return new Content(id, Content.MIN_CHUNK_SIZE, bytes.length, (int) crc.getValue());
    }

    private Entry entryWithContent(long seq) {
        return entry(seq, Body.of(staged(seq)));
    }

    private static Entry entry(long seq, Body body) {
        Operation put = new Operation.Put(new FileName("f" + seq), new WriteId(new UUID(1, seq)), body, "", Map.of());
        return new Entry(new Epoch(1), new Seq(seq), List.of(put), 0);
    }

    @Test
    void itStandsStillWhileTheDatabaseRefusesABatchForLong() {
        List<Boolean> still = new ArrayList<>();
        metadata.before = () -> {
            still.add(log.standsStill());
            if (!log.standsStill()) {
                throw new IllegalStateException("deliberate: the database is away");
            }
        };
        log.persist(0, entryWithContent(1));
        assertThat(still).startsWith(false).endsWith(true);
        assertThat(events.persisted).containsExactly(new Seq(1));
        assertThat(log.standsStill()).isFalse();
    }

    @Test
    void whatComesAgainThoughItIsRecordedIsNotRecordedTwice() {
        Content first = staged(1);
        log.persist(1, entry(1, Body.of(first)));
        staged(1);
        Content second = staged(2);
        log.persist(1, entry(2, new Body(List.of(first, second), 0)));
        assertThat(events.persisted).containsExactly(new Seq(1), new Seq(2));
        assertThat(metadata.stored).containsExactly(first.id(), second.id());
        assertThat(store.staged(first.id())).isEmpty();
        assertThat(store.staged(second.id())).isEmpty();
    }

    @Test
    void anEntryIsDurableOnceItsContentIsForcedAndItsMetadataAreCommitted() {
        Entry entry = entryWithContent(1);
        log.persist(1, entry);
        assertThat(metadata.entries).containsExactly(entry);
        assertThat(events.persisted).containsExactly(new Seq(1));
        assertThat(store.staged(new ContentId(new UUID(0, 1)))).isEmpty();
        assertThat(counted("craq_entries")).isEqualTo(1);
        assertThat(timed("craq_force_seconds")).isEqualTo(1);
        assertThat(timed("craq_commit_seconds")).isEqualTo(1);
    }

    private double counted(String name) {
        return registry.scrape(name::equals).stream()
                .flatMap(metric -> ((CounterSnapshot) metric).getDataPoints().stream())
                .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
                .sum();
    }

    private long timed(String name) {
        return registry.scrape(name::equals).stream()
                .flatMap(metric -> ((HistogramSnapshot) metric).getDataPoints().stream())
                .mapToLong(HistogramSnapshot.HistogramDataPointSnapshot::getCount)
                .sum();
    }

    @Test
    void whatIsDroppedIsNotRemembered() {
        log.persist(1, entryWithContent(1));
        log.persist(1, entryWithContent(2));
        log.truncate(new Seq(1));
        assertThat(metadata.entries).hasSize(1);
        assertThat(hot.newest(new FileName("f2"), new Seq(2))).isEmpty();
    }

    @Test
    void aForceThatFailsEndsTheMembershipAndIsNotRepeated() {
        Entry first = entryWithContent(1);
        Entry second = entryWithContent(2);
        disk.failAt(1, Fault.ERROR);

        log.persist(1, first);
        // The disk makes the test fail if it is forced again.
        log.persist(1, second);

        assertThat(events.failures).singleElement().asString().contains("forcing to disk failed");
        assertThat(store.failure()).contains("start it again");
        assertThat(metadata.entries).isEmpty();
        assertThat(events.persisted).isEmpty();
    }

    @Test
    void contentOfADroppedEntryIsNotExpectedAnyMore() {
        Entry entry = entryWithContent(1);
        StagedContent content = store.staged(new ContentId(new UUID(0, 1))).orElseThrow();
        List<Runnable> later = new ArrayList<>();
        LogWriter slow = writer(later::add);
        slow.persist(1, entry);
        content.abandon();
        store.expire(-1);
        assertThat(store.staged(content.id())).as("while it is expected").isPresent();
        slow.stop();
        store.expire(-1);
        assertThat(store.staged(content.id())).isEmpty();
    }
}
