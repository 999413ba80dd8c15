package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.wire.content.Checksum;
import org.junit.jupiter.api.Test;

/** A node that has lost its metadata but not its segments. */
class SalvageTest {
    private static final int CHUNK = Content.MIN_CHUNK_SIZE;

    private final StoreRig rig = new StoreRig(new Random(5));
    private final Content small = content(rig.stored(100));
    private final Content large = content(rig.stored(CHUNK, CHUNK, 300));
    private final Content other = content(rig.stored(CHUNK, 77));

    /** Describes a stored content as a log entry does. */
    private Content content(ContentId id) {
        List<byte[]> chunks = rig.model.get(id);
        ByteBuffer all = ByteBuffer.allocate(
                chunks.stream().mapToInt(chunk -> chunk.length).sum());
        chunks.forEach(all::put);
        return new Content(id, CHUNK, all.capacity(), Checksum.of(all.flip()));
    }

    /** Salvages, forces and records a content, as the log's writer does. */
    private void take(Content content) {
        StagedContent staged = rig.store.salvage(content).orElseThrow();
        rig.store.force(List.of(staged));
        rig.index.record(content.id(), staged.chunks());
        rig.store.recorded(content.id());
    }

    private Salvage.Counts counts() {
        return rig.store.salvaged().orElseThrow();
    }

    @Test
    void whatLiesWholeInTheSegmentsIsTakenAndIsRight() {
        rig.crashWithoutMetadata();
        take(large);
        take(small);
        take(other);

        rig.checkAll();
        assertThat(counts().records()).isEqualTo(6);
        assertThat(counts().taken()).isEqualTo(3);
        assertThat(counts().takenBytes()).isEqualTo(small.length() + large.length() + other.length());
    }

    @Test
    void aDamagedContentIsNotTaken() {
        StoredChunk chunk = rig.index.find(large.id(), 1).orElseThrow();
        rig.crashWithoutMetadata();
        rig.disk.rot(chunk.location().segment(), chunk.location().position() + ChunkHeader.BYTES);

        assertThat(rig.store.salvage(large)).isEmpty();
        assertThat(counts().damaged()).isOne();
        take(small);
    }

    @Test
    void aContentThatTheLogTellsOfOtherwiseIsNotTaken() {
        rig.crashWithoutMetadata();

        assertThat(rig.store.salvage(new Content(large.id(), CHUNK, large.length(), large.crc32c() + 1)))
                .isEmpty();
        assertThat(rig.store.salvage(new Content(large.id(), CHUNK, large.length() + 1, large.crc32c())))
                .isEmpty();
        assertThat(rig.store.salvage(new Content(new ContentId(new UUID(1, 1)), CHUNK, 5, 0)))
                .isEmpty();
        assertThat(counts().taken()).isZero();
    }

    @Test
    void whatWasNotTakenIsGoneAfterDaysAndWhatWasStays() {
        String kept = rig.index.find(other.id(), 0).orElseThrow().location().segment();
        String gone = rig.index.find(large.id(), 0).orElseThrow().location().segment();
        assertThat(gone).isNotEqualTo(kept);
        rig.crashWithoutMetadata();
        rig.model.remove(small.id());
        rig.model.remove(large.id());
        take(other);
        rig.compact();
        assertThat(rig.store.sizes()).containsKeys(kept, gone);
        rig.release(StoreRig.MEMBERS, 100);
        rig.store.endSalvage();
        rig.release(StoreRig.MEMBERS, 6);
        rig.compact();

        assertThat(rig.store.sizes()).containsKeys(kept, gone);
        assertThat(rig.store.salvage(small)).isEmpty();
        rig.release(StoreRig.MEMBERS, 7);
        assertThat(rig.store.sizes()).containsKey(kept).doesNotContainKey(gone);
        rig.compact();
        rig.checkAll();
        rig.start();
        assertThat(rig.store.salvaged()).isEmpty();
        rig.checkAll();
    }

    @Test
    void aNodeThatIsStartedAgainMeanwhileGoesOn() {
        rig.crashWithoutMetadata();
        take(large);
        rig.start();
        take(small);
        take(other);
        rig.store.endSalvage();

        rig.checkAll();
    }

    @Test
    void whereNothingWasTakenAllIsKept() {
        rig.crashWithoutMetadata();
        rig.store.endSalvage();
        rig.start();
        take(large);
        rig.store.endSalvage();

        assertThat(rig.store.salvage(small)).isEmpty();
    }

    @Test
    void nobodyWritesBehindWhatIsKept() {
        rig.crashWithoutMetadata();
        ContentId written = rig.stored(50);

        assertThat(rig.index.all()).hasSize(1);
        rig.model.keySet().retainAll(List.of(written));
        rig.checkAll();
    }

    @Test
    void aNodeThatHasItsMetadataKeepsNothingElse() {
        rig.prune(other.id());
        rig.crash();

        assertThat(rig.store.salvaged()).isEmpty();
        assertThat(rig.store.salvage(other)).isEmpty();
    }

    @Test
    void aTableOfRecordsKnowsTheLastOfEachChunkAndHasABound() {
        RecordTable table = new RecordTable(1 << 20);
        Random random = new Random(3);
        int count = 0;
        UUID first = new UUID(7, 7);
        assertThat(table.put(new ChunkHeader(new ContentId(first), 0, 10, -1), 1, 1L << 40))
                .isTrue();
        assertThat(table.put(new ChunkHeader(new ContentId(first), 1, 11, 2), 2, 5))
                .isTrue();
        assertThat(table.put(new ChunkHeader(new ContentId(first), 1, 12, -2), 3, 6))
                .isTrue();
        while (count < 100_000
                && table.put(
                        new ChunkHeader(new ContentId(new UUID(random.nextLong(), random.nextLong())), count, 1, count),
                        count,
                        count)) {
            count++;
        }

        assertThat(count).isBetween(10_000, 30_000);
        assertThat(table.size()).isEqualTo(count + 2);
        assertThat(table.find(new ContentId(first), 0)).contains(new RecordTable.Found(1, 1L << 40, 10, -1));
        assertThat(table.find(new ContentId(first), 1)).contains(new RecordTable.Found(3, 6, 12, -2));
        assertThat(table.find(new ContentId(first), 2)).isEqualTo(Optional.empty());
    }
}
