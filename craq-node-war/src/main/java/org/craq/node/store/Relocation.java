package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.craq.wire.CraqException;

/**
 * Writes chunks that the metadata know anew, elsewhere: for compaction, and for repair. Until {@link #close} the segments
 * that it wrote to are its own; by then the metadata refer to the new places, or what was written is dead.
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
     * Appends a chunk whose bytes have been checked. It may use the disk's reserve.
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
     * On return all copies are on the disk.
     *
     * @throws CraqException STORAGE_FAILED; the store is then failed for good
     */
    void force() {
        health.force(segments);
    }

    /**
     * Lets the metadata refer to the copies, which have been forced. A failure leaves open whether they do, and is tried again: once one
     * try succeeds, all before it are over. When none does, the copies' segments are spared by compaction as long as this
     * process lives, since a commit may still come.
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
