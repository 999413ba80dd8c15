package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.craq.core.file.ContentId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkStoreTest {
    private static final SegmentSizes SMALL = new SegmentSizes(100_000, 5_000);

    private final Random random = new Random(7);

    @TempDir
    Path directory;

    private ChunkStore open(Map<String, Long> ends) {
        Disk disk = LocalDisk.open(directory, 64 << 10);
        return new ChunkStore(disk, new DiskReserve(disk, OptionalLong.of(0)), ends, Doubt.NONE, Set.of(), SMALL);
    }

    private static ContentId newId() {
        return new ContentId(UUID.randomUUID());
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static void append(StagedContent content, byte[] bytes) {
        content.append(ByteBuffer.wrap(bytes), crc(bytes));
    }

    private static byte[] read(ChunkStore store, ChunkLocation location) {
        ByteBuffer data = store.read(location);
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return bytes;
    }

    private static Map<String, Long> ends(List<ChunkLocation> chunks) {
        Map<String, Long> ends = new HashMap<>();
        chunks.forEach(chunk -> ends.merge(chunk.segment(), chunk.end(), Math::max));
        return ends;
    }

    private long bytesOnDisk() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".segment"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void givesBackWhatWasStoredAcrossSegmentsAndRestarts() {
        List<byte[]> written = List.of(bytes(60_000), bytes(60_000), bytes(60_000), bytes(1));
        List<ChunkLocation> chunks;
        try (ChunkStore store = open(Map.of())) {
            StagedContent content = store.stage(newId());
            written.forEach(each -> append(content, each));
            content.finish();
            store.force(List.of(content));
            chunks = content.chunks();
        }
        assertThat(ends(chunks)).hasSizeGreaterThan(1);
        try (ChunkStore store = open(ends(chunks))) {
            for (int i = 0; i < written.size(); i++) {
                assertThat(read(store, chunks.get(i))).isEqualTo(written.get(i));
            }
        }
    }

    @Test
    void refusesAChunkThatDoesNotMatchItsChecksum() {
        try (ChunkStore store = open(Map.of())) {
            StagedContent content = store.stage(newId());
            assertThatThrownBy(() -> content.append(ByteBuffer.wrap(bytes(10)), 1))
                    .isInstanceOfSatisfying(
                            CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH));
            assertThat(content.size()).isZero();
        }
    }

    @Test
    void anAbandonedUploadLeavesNothingOnDisk() throws IOException {
        try (ChunkStore store = open(Map.of())) {
            StagedContent kept = store.stage(newId());
            append(kept, bytes(1000));
            kept.finish();
            long before = bytesOnDisk();

            StagedContent abandoned = store.stage(newId());
            for (int i = 0; i < 5; i++) {
                append(abandoned, bytes(50_000));
            }
            assertThat(bytesOnDisk()).isGreaterThan(before);
            abandoned.abandon();

            assertThat(bytesOnDisk()).isEqualTo(before);
            assertThat(store.staged(abandoned.id())).isEmpty();
            assertThat(read(store, kept.chunks().get(0))).hasSize(1000);
        }
    }

    @Test
    void smallContentsShareASegmentOneAfterTheOther() {
        try (ChunkStore store = open(Map.of())) {
            for (int i = 0; i < 10; i++) {
                StagedContent content = store.stage(newId());
                append(content, bytes(100));
                content.finish();
            }
            assertThat(store.sizes()).hasSize(1);
        }
    }

    @Test
    void contentsThatAreWrittenAtTheSameTimeDoNotMix() {
        try (ChunkStore store = open(Map.of())) {
            StagedContent one = store.stage(newId());
            StagedContent other = store.stage(newId());
            byte[] first = bytes(5000);
            byte[] second = bytes(5000);
            append(one, first);
            append(other, second);
            one.abandon();
            other.finish();
            assertThat(read(store, other.chunks().get(0))).isEqualTo(second);
        }
    }

    @Test
    void whatAFormerLifeDidNotFinishIsSetAsideAtTheStartAndNobodyWritesBehindIt() throws IOException {
        List<ChunkLocation> recorded;
        try (ChunkStore store = open(Map.of())) {
            StagedContent content = store.stage(newId());
            append(content, bytes(3000));
            content.finish();
            recorded = content.chunks();
            append(store.stage(newId()), bytes(4000));
            StagedContent alone = store.stage(newId());
            append(alone, bytes(4000));
        }
        try (ChunkStore store = open(ends(recorded))) {
            assertThat(read(store, recorded.get(0))).hasSize(3000);
            assertThat(store.setAside().counts().bytes()).isEqualTo(2 * (4000 + ChunkStore.RECORD_HEADER_BYTES));
            StagedContent next = store.stage(newId());
            append(next, bytes(100));
            assertThat(store.sizes())
                    .hasSize(2)
                    .containsKey(next.chunks().get(0).segment());
            assertThat(next.chunks().get(0).position()).isZero();
        }
    }

    @Test
    void aFlippedBitIsNeverServed() throws IOException {
        try (ChunkStore store = open(Map.of())) {
            StagedContent content = store.stage(newId());
            append(content, bytes(3000));
            content.finish();
            ChunkLocation chunk = content.chunks().get(0);
            try (RandomAccessFile file =
                    new RandomAccessFile(directory.resolve(chunk.segment()).toFile(), "rw")) {
                file.seek(chunk.position() + ChunkStore.RECORD_HEADER_BYTES + 1234);
                int before = file.read();
                file.seek(chunk.position() + ChunkStore.RECORD_HEADER_BYTES + 1234);
                file.write(before ^ 1);
            }
            assertThatThrownBy(() -> store.read(chunk))
                    .isInstanceOfSatisfying(
                            CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_DAMAGED));
        }
    }

    @Test
    void aSecondNodeCannotUseTheSameDirectory() {
        try (ChunkStore store = open(Map.of())) {
            assertThat(store.failure()).isEmpty();
            assertThatThrownBy(() -> open(Map.of())).hasMessageContaining("two nodes can't share one directory");
        }
    }

    @Test
    void whoeverWaitsForChunksIsToldWhenTheyAreThereOrWillNotCome() {
        try (ChunkStore store = open(Map.of())) {
            StagedContent content = store.stage(newId());
            var two = content.holds(2);
            append(content, bytes(10));
            assertThat(two).isNotDone();
            append(content, bytes(10));
            assertThat(two).isCompletedWithValue(true);

            StagedContent other = store.stage(newId());
            var never = other.holds(1);
            other.abandon();
            assertThat(never).isCompletedWithValue(false);
        }
    }

    @Test
    void contentThatAnEntryRefersToIsNotUndoneByItsSender() {
        try (ChunkStore store = open(Map.of())) {
            StagedContent content = store.stage(newId());
            byte[] written = bytes(10);
            append(content, written);
            content.expect();
            content.abandon();
            store.expire(0);
            assertThat(store.staged(content.id())).containsSame(content);
            assertThat(read(store, content.chunks().get(0))).isEqualTo(written);
        }
    }

    @Test
    void contentWhoseEntryNeverCameIsUndoneAfterAWhile() throws IOException {
        try (ChunkStore store = open(Map.of())) {
            StagedContent content = store.stage(newId());
            append(content, bytes(10));
            store.expire(60);
            assertThat(store.staged(content.id())).isPresent();
            store.expire(0);
            assertThat(store.staged(content.id())).isEmpty();
            assertThat(bytesOnDisk()).isZero();
        }
    }

    @Test
    void aFinishedContentIsNotUndoneByALateAbandon() {
        try (ChunkStore store = open(Map.of())) {
            StagedContent content = store.stage(newId());
            byte[] written = bytes(10);
            append(content, written);
            content.finish();
            content.abandon();
            assertThat(read(store, content.chunks().get(0))).isEqualTo(written);
        }
    }
}
