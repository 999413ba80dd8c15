package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.craq.core.file.ContentId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;

/**
 * One content on its way into the store: chunks 0, 1, 2, ... are appended, then it is finished or abandoned. A finished
 * content stays staged until the metadata refers to it.
 *
 * <p>States: writing -> finished | abandoned. Once an entry refers to the content, its sender can't have it discarded.
 */
public final class StagedContent {
    private final StoreHealth health;
    private final SegmentPool pool;
    private final Consumer<StagedContent> onEnd;
    private final ContentId id;
    /** All segments that hold its chunks. */
    private final List<Segment> segments = new ArrayList<>();
    /** Those of the segments that this content alone is written to. */
    private final List<Segment> own = new ArrayList<>();

    private final List<ChunkLocation> chunks = new ArrayList<>();
    private final CompletableFuture<Boolean> reached = new CompletableFuture<>();
    private Optional<Segment> held = Optional.empty();
    private int wanted = Integer.MAX_VALUE;
    private State state = State.WRITING;
    private boolean expected;
    private volatile long lastProgress = System.nanoTime();
    private long bytes;

    private enum State {
        WRITING,
        FINISHED,
        ABANDONED
    }

    /**
     * Creates a content without chunks.
     *
     * @param onEnd called when the content need not be staged any longer
     * @param expected true if an entry of the log refers to it
     */
    StagedContent(StoreHealth health, SegmentPool pool, Consumer<StagedContent> onEnd, ContentId id, boolean expected) {
        this.health = health;
        this.pool = pool;
        this.onEnd = onEnd;
        this.id = id;
        this.expected = expected;
    }

    /**
     * Creates a finished content that an entry refers to, from chunks in existing segments, where they stay until it is
     * settled.
     */
    static StagedContent salvaged(
            StoreHealth health, SegmentPool pool, Consumer<StagedContent> onEnd, ContentId id, Salvage.Salvaged found) {
        StagedContent content = new StagedContent(health, pool, onEnd, id, true);
        content.take(found);
        return content;
    }

    private synchronized void take(Salvage.Salvaged found) {
        segments.addAll(found.segments());
        chunks.addAll(found.chunks());
        state = State.FINISHED;
    }

    public ContentId id() {
        return id;
    }

    /**
     * Verifies the chunk with the next index and appends it.
     *
     * @throws CraqException CHECKSUM_MISMATCH, STORAGE_FULL, STORAGE_FAILED, or UPLOAD_ABANDONED when the content is
     *     finished or abandoned already
     */
    public synchronized void append(ByteBuffer data, int crc32c) {
        if (state != State.WRITING) {
            throw new CraqException(ErrorCode.UPLOAD_ABANDONED, "the upload of content " + id + " has ended");
        }
        int actual = Checksum.of(data);
        if (actual != crc32c) {
            throw new CraqException(
                    ErrorCode.CHECKSUM_MISMATCH,
                    String.format(
                            "chunk %d has CRC32C %08x, but %08x was announced: it was damaged in transit",
                            chunks.size(), actual, crc32c));
        }
        health.checkAppend(expected);
        try {
            chunks.add(segmentFor(data.remaining()).append(id, chunks.size(), data, crc32c));
        } catch (IOException e) {
            throw health.writeFailed(e);
        }
        bytes += data.remaining();
        lastProgress = System.nanoTime();
        if (chunks.size() >= wanted) {
            reached.complete(true);
        }
    }

    private Segment segmentFor(int length) throws IOException {
        if (held.isEmpty() && bytes + length <= pool.sizes().shared()) {
            Segment segment = pool.share(segments);
            if (!segments.contains(segment)) {
                segments.add(segment);
            }
            return segment;
        }
        if (held.isEmpty() || !pool.hasRoom(held.get())) {
            Segment segment = pool.acquire();
            segments.add(segment);
            own.add(segment);
            held = Optional.of(segment);
        }
        return held.get();
    }

    /** Returns the number of chunks stored so far, which grows while the content is being written. */
    public synchronized int size() {
        return chunks.size();
    }

    /** Ends the content: no more chunks follow, and its segment may take the next content. */
    public synchronized void finish() {
        if (state == State.WRITING) {
            state = State.FINISHED;
            handBack();
        }
    }

    /** Notes that bytes of the next chunk have arrived. */
    public void comes() {
        lastProgress = System.nanoTime();
    }

    /** Returns for how long nothing has arrived. Waits for a chunk that is just being written. */
    public synchronized long idleNanos() {
        return System.nanoTime() - lastProgress;
    }

    /**
     * Notes that an entry refers to this content: its sender can't have it discarded any more, and it may use the
     * disk's reserve.
     */
    public synchronized void expect() {
        expected = true;
    }

    /** Notes that the entry was dropped. Unless the entry returns, the content is discarded after a while. */
    public synchronized void unexpect() {
        expected = false;
        lastProgress = System.nanoTime();
    }

    /**
     * Returns true if the content has exactly this many chunks. It is then kept for as long as one that has just
     * arrived.
     */
    public synchronized boolean keep(int count) {
        lastProgress = System.nanoTime();
        return state != State.ABANDONED && chunks.size() == count;
    }

    /** Reports that the sender has stopped. Discards the content, unless an entry refers to it. */
    public synchronized void abandon() {
        if (expected) {
            reached.complete(false);
        } else {
            discard();
        }
    }

    /** Removes what was written, unless the content is finished. */
    public synchronized void discard() {
        if (state == State.WRITING) {
            state = State.ABANDONED;
            onEnd.accept(this);
            undo();
            reached.complete(false);
        }
    }

    /** Discards the content if it has been idle for longer than this and no entry refers to it. */
    synchronized void expire(long nanos) {
        if (!expected && System.nanoTime() - lastProgress > nanos) {
            discard();
            if (state == State.FINISHED) {
                // Others may have written after it: its bytes are dead space until the segment is compacted.
                onEnd.accept(this);
                settle();
            }
        }
    }

    /** Removes records from the end backwards, as far as nobody else has written after them. */
    private void undo() {
        try {
            for (int i = chunks.size() - 1; i >= 0; i--) {
                ChunkLocation chunk = chunks.get(i);
                for (Segment segment : segments) {
                    if (segment.name().equals(chunk.segment())) {
                        segment.takeBack(chunk);
                    }
                }
            }
        } catch (IOException e) {
            System.getLogger(StagedContent.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the bytes of an abandoned upload could not be removed from the disk",
                            e);
        }
        handBack();
        settle();
        chunks.clear();
    }

    /** Lets other writers use its own segments where there is room. */
    private void handBack() {
        own.forEach(pool::handBack);
        own.clear();
        held = Optional.empty();
    }

    /** Releases the segments: the metadata knows all chunks, or they are not needed. */
    synchronized void settle() {
        segments.forEach(pool::settle);
        segments.clear();
    }

    /** Completes with true once this many chunks are stored, or with false when the upload is abandoned before that. */
    public synchronized CompletableFuture<Boolean> holds(int count) {
        wanted = count;
        if (state == State.ABANDONED) {
            reached.complete(false);
        } else if (chunks.size() >= wanted) {
            reached.complete(true);
        }
        return reached.copy();
    }

    public synchronized List<ChunkLocation> chunks() {
        return List.copyOf(chunks);
    }

    synchronized List<Segment> segments() {
        return List.copyOf(segments);
    }
}
