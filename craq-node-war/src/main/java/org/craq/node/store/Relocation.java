package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.craq.wire.CraqException;

/**
 * Copies recorded chunks to other locations, for compaction and for repair. Until {@link #close} the segments that it
 * wrote to are its own; by then the metadata refers to the new locations, or the copies are dead space.
 */
final class Relocation implements AutoCloseable {
    private static final int MOVE_TRIES = 3;

    private final StoreHealth health;
    private final SegmentPool pool;
    private final List<Segment> segments = new ArrayList<>();
    private boolean settled = true;

    Relocation(StoreHealth health, SegmentPool pool) {
        this.health = health;
        this.pool = pool;
    }

    /**
     * Appends a chunk whose bytes have been verified. It may use the disk's reserve.
     *
     * @throws CraqException STORAGE_FULL, STORAGE_FAILED
     */
    ChunkLocation copy(StoredChunk chunk, ByteBuffer data) {
        health.checkAppend(true);
        try {
            return segment()
                    .append(
                            chunk.content(),
                            chunk.index(),
                            data,
                            chunk.location().crc32c());
        } catch (IOException e) {
            throw health.writeFailed(e);
        }
    }

    private Segment segment() throws IOException {
        if (segments.isEmpty() || !pool.hasRoom(segments.get(segments.size() - 1))) {
            segments.add(pool.acquire());
        }
        return segments.get(segments.size() - 1);
    }

    /**
     * On return, all copies are on the disk.
     *
     * @throws CraqException STORAGE_FAILED; the store then stays failed
     */
    void force() {
        health.force(segments);
    }

    /**
     * Makes the metadata refer to the copies, which have been forced. A failed try leaves the outcome unknown and is
     * repeated: once one try succeeds, all earlier ones are over. When none does, a commit may still arrive, so
     * compaction spares the copies' segments as long as this process lives.
     */
    void move(ChunkIndex index, List<ChunkIndex.Move> moves) {
        settled = false;
        for (int tries = 1; !settled; tries++) {
            try {
                index.move(moves);
                settled = true;
            } catch (RuntimeException e) {
                if (tries == MOVE_TRIES) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        segments.forEach(pool::handBack);
        if (settled) {
            segments.forEach(pool::settle);
        }
        segments.clear();
    }
}
