package org.craq.node.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.craq.core.file.Content;

/**
 * Slowly reads all chunks that are referred to, and has those repaired that differ from the metadata in record,
 * identity or bytes. What the start found missing comes first. Calls of {@link #step} must not overlap.
 */
public final class Scrub {
    private static final int PAGE = 256;
    /** Bytes of the longest record. */
    private static final int LONGEST_RECORD = ChunkHeader.BYTES + Content.MAX_CHUNK_SIZE;

    private final ChunkStore store;
    private final ChunkIndex index;
    private final ChunkRepair repair;
    private final Deque<Recovery.Gap> gaps;
    private Optional<Place> place = Optional.empty();
    private volatile Pass current = Pass.NONE;
    private volatile Pass last = Pass.NONE;
    private volatile boolean wanted;

    private record Place(String segment, long position) {}

    /**
     * One pass through all chunks.
     *
     * @param running false for a pass that has ended, or that has not begun yet
     * @param damaged chunks that were damaged or missing
     * @param repaired those of the damaged chunks that were repaired
     */
    public record Pass(boolean running, long chunks, long bytes, long damaged, long repaired) {
        static final Pass NONE = new Pass(false, 0, 0, 0, 0);

        private Pass sound(StoredChunk chunk) {
            return new Pass(running, chunks + 1, bytes + chunk.location().length(), damaged, repaired);
        }

        private Pass damaged(boolean mended) {
            return new Pass(running, chunks, bytes, damaged + 1, repaired + (mended ? 1 : 0));
        }

        private Pass running(boolean now) {
            return new Pass(now, chunks, bytes, damaged, repaired);
        }
    }

    public Scrub(ChunkStore store, ChunkIndex index, ChunkRepair repair) {
        this.store = store;
        this.index = index;
        this.repair = repair;
        this.gaps = new ArrayDeque<>(store.start().gaps());
    }

    /** Returns the running pass, or the last one when none is running. */
    public Pass current() {
        return current.running() ? current : last;
    }

    /** Returns the last complete pass. */
    public Pass last() {
        return last;
    }

    /** Requests a pass, which begins with the next step unless one is running already. */
    public void begin() {
        wanted = true;
    }

    /** Returns true while {@link #step} has something to do. */
    boolean running() {
        return wanted || current.running() || !gaps.isEmpty();
    }

    /**
     * Continues.
     *
     * @param budget bytes to read, approximately
     * @return bytes read; 0 when there is nothing to do
     */
    long step(long budget) {
        long read = 0;
        while (!gaps.isEmpty()) {
            fill(gaps.peek());
            gaps.remove();
            wanted = true;
        }
        if (wanted) {
            wanted = false;
            if (!current.running()) {
                current = Pass.NONE.running(true);
                place = next("");
            }
        }
        while (read < budget && current.running()) {
            read += page(budget - read);
        }
        return read;
    }

    /** Reports missing chunks to the repair. Those beyond its limit are found again by the pass that begins now. */
    private void fill(Recovery.Gap gap) {
        long from = Math.max(0, gap.from() - LONGEST_RECORD);
        List<StoredChunk> chunks = index.chunksOf(gap.segment(), from, PAGE);
        while (!chunks.isEmpty()) {
            for (StoredChunk chunk : chunks) {
                from = chunk.location().end();
                if (from > gap.from()) {
                    repair.suspect(chunk.content(), chunk.index());
                }
            }
            chunks = index.chunksOf(gap.segment(), from, PAGE);
        }
    }

    private Optional<Place> next(String segment) {
        return index.segmentAfter(segment).map(found -> new Place(found, 0));
    }

    private long page(long limit) {
        if (place.isEmpty()) {
            last = current.running(false);
            current = last;
            return 0;
        }
        Place from = place.get();
        List<StoredChunk> chunks = index.chunksOf(from.segment(), from.position(), PAGE);
        if (chunks.isEmpty()) {
            place = next(from.segment());
            return 0;
        }
        long read = 0;
        for (StoredChunk chunk : chunks) {
            if (read >= limit) {
                break;
            }
            check(chunk);
            read += chunk.location().length();
            place = Optional.of(new Place(from.segment(), chunk.location().end()));
        }
        return read;
    }

    private void check(StoredChunk chunk) {
        if (store.check(chunk).isPresent()) {
            current = current.sound(chunk);
            return;
        }
        Optional<StoredChunk> now = index.find(chunk.content(), chunk.index());
        // A chunk that has moved since, or that nothing refers to any more, is not damaged.
        if (now.isPresent() && now.get().equals(chunk)) {
            current = current.damaged(
                    repair.restore(chunk.content(), chunk.index()).isPresent());
        }
    }
}
