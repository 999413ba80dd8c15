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
 * Gives back the space of what nobody refers to any more: copies what is alive out of segments that are mostly dead, forces the
 * copies, lets the metadata refer to them, and removes the segment. The old record stays until the metadata have
 * moved, so a crash at any point loses nothing; the segment's file stays until its last reader has let go.
 *
 * <p>Segments that somebody writes to, or that hold what is not recorded yet, are left alone. Calls must not overlap.
 */
public final class Compactor {
    private static final Logger LOG = System.getLogger(Compactor.class.getName());
    private static final int PAGE = 256;
    /** Copied between two forces. */
    private static final long BATCH_BYTES = 8L << 20;
    /** A segment with less dead space than this share of a full one is not worth the work. */
    private static final int LEAST_DEAD_SHARE = 16;

    /** Chunks whose metadata one step reads, about, to see what is alive. */
    private static final long LOOK_CHUNKS = 20_000;
    /** What a look at a segment costs besides, in chunks. */
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
     * What was done since the start.
     *
     * @param waiting segments that are still to be compacted in this pass
     */
    public record Counts(long segmentsRemoved, long bytesFreed, long bytesMoved, int waiting) {}

    private record Work(Segment segment, Relocation relocation) {}

    public Counts counts() {
        return counts;
    }

    /** From now on {@link #step} looks which segments are mostly dead, a few at a time. */
    void plan() {
        toLookAt.clear();
        toLookAt.addAll(new TreeMap<>(pool.all()).keySet());
        victims.clear();
        count(0, 0, 0);
    }

    /** A look reads the metadata of all the segment's chunks, so there is a bound for each step. */
    private void look() {
        long cost = 0;
        while (cost < LOOK_CHUNKS && !toLookAt.isEmpty()) {
            String name = toLookAt.poll();
            Optional<Segment> segment = pool.find(name);
            if (segment.isPresent()) {
                // Asked first: what is appended meanwhile is not recorded yet, and must not count as dead.
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
     * Goes on with what was planned.
     *
     * @param budget bytes to copy, about
     * @return bytes copied; 0 when nothing that is known of is left to do
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

    /** Copied chunks are not in the segment any more, so the next batch is always the first that is left. */
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
                LOG.log(Level.WARNING, "a damaged chunk can''t be repaired now, its segment stays: {0}", chunk);
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

    /** A damaged chunk has its place elsewhere after its repair. */
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
        LOG.log(Level.INFO, "segment {0} is compacted: {1} bytes", now.segment().name(), freed);
    }

    /** The segment stays as it is, and takes writes again if it has room. */
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
