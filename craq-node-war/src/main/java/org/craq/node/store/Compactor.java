package org.craq.node.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reclaims dead space: copies the live chunks out of segments that are mostly dead, forces the copies, makes the
 * metadata refer to them, and removes the segment. The old record stays until the metadata refers to the copy, so a
 * crash at any point loses nothing; the segment's file stays until its last reader has released it.
 *
 * <p>Segments that are being written to, or that hold chunks not recorded yet, are left alone. Calls must not overlap.
 */
public final class Compactor {
    private static final Logger LOG = System.getLogger(Compactor.class.getName());
    private static final int PAGE = 256;
    /** Bytes copied between two forces. */
    private static final long BATCH_BYTES = 8L << 20;
    /** A segment whose dead space is less than a full segment divided by this is not worth the work. */
    private static final int LEAST_DEAD_SHARE = 16;

    /** Chunks whose metadata one step reads, approximately, to find what is live. */
    private static final long LOOK_CHUNKS = 20_000;
    /** Additional cost of examining a segment, in chunks. */
    private static final long LOOK_COST = 100;

    private final ChunkStore store;
    private final SegmentPool pool;
    private final ChunkIndex index;
    private final ChunkRepair repair;
    private final Deque<String> toLookAt = new ArrayDeque<>();
    private final Deque<String> victims = new ArrayDeque<>();
    private Optional<Work> work = Optional.empty();
    private volatile Counts counts = new Counts(0, 0, 0, 0);

    public Compactor(ChunkStore store, ChunkIndex index, ChunkRepair repair) {
        this.store = store;
        this.pool = store.pool();
        this.index = index;
        this.repair = repair;
    }

    /**
     * Totals since the start.
     *
     * @param waiting segments still to be compacted in this pass
     */
    public record Counts(long segmentsRemoved, long bytesFreed, long bytesMoved, int waiting) {}

    private record Work(Segment segment, Relocation relocation) {}

    public Counts counts() {
        return counts;
    }

    /** Starts a pass: from now on {@link #step} examines the segments, a few at a time, for mostly dead ones. */
    void plan() {
        toLookAt.clear();
        toLookAt.addAll(new TreeMap<>(pool.all()).keySet());
        victims.clear();
        count(0, 0, 0);
    }

    /** Examines segments. That reads the metadata of all their chunks, so each step does a bounded number. */
    private void look() {
        long cost = 0;
        while (cost < LOOK_CHUNKS && !toLookAt.isEmpty()) {
            String name = toLookAt.poll();
            Optional<Segment> segment = pool.find(name);
            if (segment.isPresent()) {
                // Read before the metadata: chunks appended later are not recorded yet, and must not count as dead.
                long end = segment.get().end();
                ChunkIndex.Live live = index.live(name);
                cost += LOOK_COST + live.chunks();
                long alive = live.bytes() + live.chunks() * ChunkHeader.BYTES;
                if (isVictim(end, alive)) {
                    victims.add(name);
                }
            }
        }
    }

    private boolean isVictim(long end, long alive) {
        long dead = end - alive;
        boolean worthIt = 2 * dead > end && dead >= pool.sizes().full() / LEAST_DEAD_SHARE;
        return end > 0 && (alive == 0 || worthIt);
    }

    /**
     * Continues the pass.
     *
     * @param budget bytes to copy, approximately
     * @return bytes copied; 0 when nothing known is left to do
     */
    long step(long budget) {
        long copied = 0;
        try {
            look();
            while (copied < budget && (work.isPresent() || begin())) {
                copied += batch(work.get(), Math.min(BATCH_BYTES, budget - copied));
            }
            return copied;
        } catch (RuntimeException e) {
            giveUp();
            throw e;
        }
    }

    private boolean begin() {
        while (!victims.isEmpty()) {
            Optional<Segment> segment = pool.find(victims.poll()).filter(pool::retire);
            if (segment.isPresent()) {
                work = Optional.of(new Work(segment.get(), store.relocation()));
                return true;
            }
        }
        return false;
    }

    /**
     * Copies one batch. Copied chunks have left the segment, so a batch always begins with the first chunk that is
     * left.
     */
    private long batch(Work now, long limit) {
        List<StoredChunk> chunks = index.chunksOf(now.segment().name(), 0, PAGE);
        if (chunks.isEmpty()) {
            finish(now);
            return 0;
        }
        List<ChunkIndex.Move> moves = new ArrayList<>();
        long bytes = 0;
        for (StoredChunk chunk : chunks) {
            if (bytes >= limit) {
                break;
            }
            Optional<ByteBuffer> sound = store.check(chunk);
            if (sound.isPresent()) {
                moves.add(new ChunkIndex.Move(chunk, now.relocation().copy(chunk, sound.get())));
                bytes += chunk.location().length();
            } else if (!cleared(chunk)) {
                LOG.log(Level.WARNING, "a damaged chunk can''t be repaired now, so its segment is kept: {0}", chunk);
                giveUp();
                return bytes;
            }
        }
        if (!moves.isEmpty()) {
            now.relocation().force();
            now.relocation().move(index, moves);
        }
        count(0, 0, bytes);
        return bytes;
    }

    /** Repairs a damaged chunk; true if it has left this location. */
    private boolean cleared(StoredChunk damaged) {
        return repair.restore(damaged.content(), damaged.index()).isPresent()
                && !index.find(damaged.content(), damaged.index()).equals(Optional.of(damaged));
    }

    private void finish(Work now) {
        long freed = now.segment().end();
        work = Optional.empty();
        now.relocation().close();
        try {
            pool.remove(now.segment());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        count(1, freed, 0);
        LOG.log(
                Level.INFO,
                "segment {0} is compacted: {1} bytes freed",
                now.segment().name(),
                freed);
    }

    /** Abandons the compaction of a segment, which stays as it is and takes writes again if it has room. */
    private void giveUp() {
        work.ifPresent(now -> {
            now.relocation().close();
            pool.handBack(now.segment());
        });
        work = Optional.empty();
    }

    private void count(int segments, long freed, long moved) {
        counts = new Counts(
                counts.segmentsRemoved() + segments,
                counts.bytesFreed() + freed,
                counts.bytesMoved() + moved,
                victims.size() + (work.isPresent() ? 1 : 0));
    }
}
