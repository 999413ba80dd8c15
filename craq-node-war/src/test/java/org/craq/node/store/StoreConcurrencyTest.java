package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.craq.core.file.ContentId;
import org.craq.wire.content.Checksum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs writers, readers, compaction and scrub at the same time on a real disk, then verifies everything again after a
 * restart.
 */
class StoreConcurrencyTest {
    private static final SegmentSizes SIZES = new SegmentSizes(200_000, 4_000);
    private static final int WRITERS = 4;
    private static final int READERS = 3;
    private static final int ROUNDS = 150;

    private final MemoryIndex index = new MemoryIndex();
    private final Map<ContentId, List<byte[]>> model = new ConcurrentHashMap<>();
    private final AtomicInteger writing = new AtomicInteger(WRITERS);

    @TempDir
    Path directory;

    private ChunkStore open() {
        Disk disk = LocalDisk.open(directory, 64 << 10);
        return new ChunkStore(
                disk, new DiskReserve(disk, OptionalLong.of(0)), index.ends(), Doubt.NONE, Set.of(), SIZES);
    }

    @Test
    void readersGetWhatWritersStoredWhileSegmentsComeAndGo() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ChunkStore store = open()) {
            ChunkRepair repair = new ChunkRepair(store, index, chunk -> Optional.empty());
            Compactor compactor = new Compactor(store, index, repair);
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                long seed = i;
                work.add(() -> write(store, new Random(seed)));
            }
            for (int i = 0; i < READERS; i++) {
                long seed = 100L + i;
                work.add(() -> read(store, repair, new Random(seed)));
            }
            work.add(() -> compact(compactor));
            work.add(() -> scrub(new Scrub(store, index, repair)));
            List<Future<Void>> ends = new ArrayList<>();
            work.forEach(each -> ends.add(threads.submit(each)));
            for (Future<Void> end : ends) {
                end.get(120, TimeUnit.SECONDS);
            }
            assertThat(compactor.counts().segmentsRemoved()).isPositive();
            assertThat(repair.counts()).isEqualTo(new ChunkRepair.Counts(0, 0, 0));
        } finally {
            threads.shutdownNow();
        }
        try (ChunkStore store = open()) {
            assertThat(store.start().gaps()).isEmpty();
            for (StoredChunk chunk : index.all()) {
                assertThat(store.check(chunk)).contains(wanted(chunk));
            }
        }
    }

    private ByteBuffer wanted(StoredChunk chunk) {
        return ByteBuffer.wrap(model.get(chunk.content()).get(chunk.index()));
    }

    private Void write(ChunkStore store, Random random) {
        try {
            List<ContentId> mine = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                StagedContent content = store.stage(new ContentId(UUID.randomUUID()));
                List<byte[]> chunks = new ArrayList<>();
                int count = 1 + random.nextInt(4);
                for (int i = 0; i < count; i++) {
                    byte[] bytes = new byte[1 + random.nextInt(random.nextInt(3) == 0 ? 40_000 : 2_000)];
                    random.nextBytes(bytes);
                    content.append(ByteBuffer.wrap(bytes), Checksum.of(ByteBuffer.wrap(bytes)));
                    chunks.add(bytes);
                }
                if (random.nextInt(5) == 0) {
                    content.abandon();
                    continue;
                }
                content.finish();
                store.force(List.of(content));
                model.put(content.id(), chunks);
                index.record(content.id(), content.chunks());
                store.recorded(content.id());
                mine.add(content.id());
                if (mine.size() > 10) {
                    index.prune(mine.remove(random.nextInt(mine.size())));
                }
            }
            return null;
        } finally {
            writing.decrementAndGet();
        }
    }

    /**
     * Reads as downloads do: looks up a location, holds it and reads, while others move chunks; and also reads without
     * a hold, with another lookup when the chunk has moved.
     */
    private Void read(ChunkStore store, ChunkRepair repair, Random random) {
        while (writing.get() > 0) {
            List<StoredChunk> all = index.all();
            if (all.isEmpty()) {
                Thread.onSpinWait();
                continue;
            }
            StoredChunk chunk = all.get(random.nextInt(all.size()));
            Optional<SegmentHold> hold = store.hold(List.of(chunk.location()));
            if (hold.isPresent() && index.find(chunk.content(), chunk.index()).equals(Optional.of(chunk))) {
                assertThat(store.read(ChunkPart.all(chunk.location()), hold.get(), ByteBuffer::allocate)
                                .bytes())
                        .isEqualTo(wanted(chunk));
            }
            hold.ifPresent(SegmentHold::close);
            store.check(chunk)
                    .or(() -> repair.restore(chunk.content(), chunk.index()))
                    .ifPresent(bytes -> assertThat(bytes).isEqualTo(wanted(chunk)));
        }
        return null;
    }

    private Void compact(Compactor compactor) {
        while (writing.get() > 0) {
            compactor.plan();
            compactor.step(100_000);
        }
        return null;
    }

    private Void scrub(Scrub scrub) {
        while (writing.get() > 0) {
            scrub.begin();
            scrub.step(100_000);
        }
        assertThat(scrub.last().damaged()).isZero();
        return null;
    }
}
