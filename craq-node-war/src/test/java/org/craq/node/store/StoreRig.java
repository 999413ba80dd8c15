package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.NodeId;
import org.craq.core.file.ContentId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;

/**
 * A store with everything it needs, on a faulty disk, and a model of what it must hold: every recorded content, byte by
 * byte. The model also stands for the other members, which have everything that is recorded.
 */
public final class StoreRig {
    static final SegmentSizes SIZES = new SegmentSizes(4_000, 600);

    static final NodeId SELF = new NodeId("n1");
    static final Set<NodeId> MEMBERS = Set.of(SELF, new NodeId("n2"));
    static final Duration KEEP = Duration.ofDays(7);

    /** Silenced, as thousands of injected faults would fill the log. */
    private static final Logger QUIET = Logger.getLogger(ChunkStore.class.getPackageName());

    static {
        QUIET.setLevel(Level.OFF);
    }

    final Random random;
    public final MemoryIndex index = new MemoryIndex();
    /** Recorded contents, chunk by chunk. */
    public final Map<ContentId, List<byte[]>> model = new LinkedHashMap<>();
    /** Chunks that the test has damaged on the disk, with their locations at that time. */
    final Set<StoredChunk> spoiled = new HashSet<>();

    private final Map<StagedContent, List<byte[]>> open = new LinkedHashMap<>();
    FaultyDisk disk;
    public ChunkStore store;
    public ChunkRepair repair;
    Compactor compactor;
    Scrub scrub;
    public boolean othersAnswer = true;

    public StoreRig(Random random) {
        this.random = random;
        this.disk = new FaultyDisk(random);
        start();
    }

    void start() {
        start(Doubt.NONE);
    }

    /** Crashes and restarts with metadata that knows nothing of this store. */
    void crashWithoutMetadata() {
        disk = disk.crash();
        index.all().forEach(chunk -> index.prune(chunk.content()));
        start(Doubt.LOST);
    }

    void start(Doubt doubt) {
        open.clear();
        store = new ChunkStore(disk, new DiskReserve(disk, OptionalLong.of(1000)), index.ends(), doubt, MEMBERS, SIZES);
        repair = new ChunkRepair(store, index, this::fromOthers);
        compactor = new Compactor(store, index, repair);
        scrub = new Scrub(store, index, repair);
    }

    private Optional<ByteBuffer> fromOthers(StoredChunk chunk) {
        return othersAnswer
                ? Optional.ofNullable(model.get(chunk.content())).map(chunks -> received(chunks.get(chunk.index())))
                : Optional.empty();
    }

    /** Returns the bytes as they arrive from the network: somewhere inside a message. */
    private static ByteBuffer received(byte[] bytes) {
        byte[] message = new byte[bytes.length + 9];
        System.arraycopy(bytes, 0, message, 7, bytes.length);
        return ByteBuffer.wrap(message, 7, bytes.length);
    }

    /** Crashes and restarts, with a disk that works. */
    void crash() {
        disk = disk.crash();
        start();
    }

    // ---- what a node does ----

    StagedContent upload() {
        StagedContent content = store.stage(newId());
        open.put(content, new ArrayList<>());
        return content;
    }

    /** From the seed, like everything else. */
    private ContentId newId() {
        return new ContentId(new UUID(random.nextLong(), random.nextLong()));
    }

    List<StagedContent> open() {
        return new ArrayList<>(open.keySet());
    }

    void append(StagedContent content, int length) {
        byte[] bytes = bytes(length);
        content.append(ByteBuffer.wrap(bytes), Checksum.of(ByteBuffer.wrap(bytes)));
        open.get(content).add(bytes);
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Finishes, forces and records contents, as the log's writer does for an entry. */
    ContentId record(List<StagedContent> batch) {
        batch.forEach(StagedContent::expect);
        batch.forEach(StagedContent::finish);
        store.force(batch);
        for (StagedContent content : batch) {
            index.record(content.id(), content.chunks());
            model.put(content.id(), open.remove(content));
            store.recorded(content.id());
        }
        return batch.get(batch.size() - 1).id();
    }

    public ContentId stored(int... lengths) {
        StagedContent content = upload();
        Arrays.stream(lengths).forEach(length -> append(content, length));
        return record(List.of(content));
    }

    void abandon(StagedContent content) {
        open.remove(content);
        content.abandon();
    }

    public void prune(ContentId content) {
        index.prune(content);
        model.remove(content);
    }

    /**
     * Releases what is set aside, after the chain has been whole for long enough, with these members, and this many
     * days have passed.
     */
    void release(Set<NodeId> members, long days) {
        Heard heard = new Heard(Map.of(MemoryIndex.CHAIN, new Epoch(1)), members);
        Instant now = Instant.now().plus(Duration.ofDays(days));
        for (long time : new long[] {0, SetAside.QUIET.toNanos() - 1, SetAside.QUIET.toNanos()}) {
            for (int i = 0; i < 50; i++) {
                store.setAside().release(index, Optional.of(heard), time, now, KEEP);
            }
        }
    }

    public void compact() {
        compactor.plan();
        compactor.step(Long.MAX_VALUE);
    }

    /** Runs one whole pass. */
    Scrub.Pass scrub() {
        scrub.begin();
        scrub.step(Long.MAX_VALUE);
        return scrub.last();
    }

    public void spoil(StoredChunk chunk) {
        ChunkLocation at = chunk.location();
        disk.rot(at.segment(), at.position() + random.nextInt((int) (at.end() - at.position())));
        spoiled.add(chunk);
    }

    // ---- what must hold ----

    /** Checks that a reader gets the correct bytes, whatever the disk has done. */
    void checkRead(StoredChunk chunk) {
        ByteBuffer bytes = store.check(chunk)
                .or(() -> repair.restore(chunk.content(), chunk.index()))
                .orElseThrow();
        assertThat(bytes).as("%s", chunk).isEqualTo(expected(chunk));
    }

    private ByteBuffer expected(StoredChunk chunk) {
        return ByteBuffer.wrap(model.get(chunk.content()).get(chunk.index()));
    }

    /** Checks that everything that was recorded is on this disk, except for what the test has damaged there. */
    void checkAll() {
        Set<List<Object>> recorded = new HashSet<>();
        for (StoredChunk chunk : index.all()) {
            recorded.add(List.of(chunk.content(), chunk.index()));
            if (!spoiled.contains(chunk)) {
                assertThat(store.check(chunk)).as("%s", chunk).contains(expected(chunk));
            }
        }
        model.forEach((content, chunks) -> {
            for (int i = 0; i < chunks.size(); i++) {
                assertThat(recorded).contains(List.of(content, i));
            }
        });
    }

    /** Runs a step that may fail because the disk or the database does; any other failure is a bug of the store. */
    boolean survives(Runnable step) {
        try {
            step.run();
            return true;
        } catch (CraqException e) {
            assertThat(e.code()).isIn(ErrorCode.STORAGE_FAILED, ErrorCode.STORAGE_FULL, ErrorCode.UPLOAD_ABANDONED);
            return false;
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageStartingWith("the database");
            return false;
        } catch (java.io.UncheckedIOException e) {
            return false;
        }
    }
}
