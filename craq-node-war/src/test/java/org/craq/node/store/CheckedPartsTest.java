package org.craq.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

/** Ranges of chunks are read without the rest of the chunk, and never without verification. */
class CheckedPartsTest {
    private static final int PIECE = CheckedParts.PIECE_BYTES;
    private static final int LENGTH = 3 * PIECE + 1000;

    private final Random random = new Random(4);
    private final StoreRig rig = new StoreRig(random);
    private final StoredChunk chunk = stored();
    private final List<Integer> asked = new ArrayList<>();

    private StoredChunk stored() {
        rig.stored(LENGTH);
        return rig.index.all().get(0);
    }

    private ByteBuffer read(int from, int to) {
        ChunkPart part = new ChunkPart(chunk.location(), from, to);
        try (SegmentHold hold = rig.store.hold(List.of(chunk.location())).orElseThrow()) {
            return rig.store.read(part, hold, this::memory).bytes();
        }
    }

    private ByteBuffer memory(int length) {
        asked.add(length);
        return ByteBuffer.allocate(length);
    }

    private ByteBuffer expected(int from, int to) {
        return ByteBuffer.wrap(rig.model.get(chunk.content()).get(0), from, to - from);
    }

    private void rot(int place) {
        rig.disk.rot(chunk.location().segment(), chunk.location().position() + ChunkHeader.BYTES + place);
    }

    private void assertDamaged(int from, int to) {
        assertThatThrownBy(() -> read(from, to)).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.CONTENT_DAMAGED));
    }

    @Test
    void anyPartIsRead() {
        for (int round = 0; round < 300; round++) {
            int from = random.nextInt(LENGTH);
            int to = from + 1 + random.nextInt(LENGTH - from);
            assertThat(read(from, to)).isEqualTo(expected(from, to));
        }
        assertThat(read(PIECE, 2 * PIECE)).isEqualTo(expected(PIECE, 2 * PIECE));
        assertThat(read(0, LENGTH)).isEqualTo(expected(0, LENGTH));
    }

    @Test
    void onlyTheFirstReadOfAPartReadsTheWholeChunk() {
        read(PIECE + 5, PIECE + 10);
        read(PIECE + 5, PIECE + 10);
        read(3 * PIECE - 1, LENGTH);
        assertThat(asked).containsExactly(LENGTH, PIECE, PIECE + 1000);
    }

    @Test
    void damageIsFoundBeforeAndAfterTheChunkIsKnown() {
        read(0, 10);
        rot(2 * PIECE + 7);
        assertThat(read(0, 10)).isEqualTo(expected(0, 10));
        assertDamaged(2 * PIECE, 2 * PIECE + 1);
        assertDamaged(PIECE, LENGTH);
        assertDamaged(0, LENGTH);
    }

    @Test
    void damageAnywhereInAChunkThatIsNotKnownIsFound() {
        rot(LENGTH - 1);
        assertDamaged(0, 10);
        assertDamaged(0, 10);
    }
}
