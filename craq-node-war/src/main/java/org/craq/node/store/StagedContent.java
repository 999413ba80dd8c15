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
 * One content on its way into the store: chunks 0, 1, 2, ... are appended, then it is finished or abandoned. What is
 * finished stays staged until the metadata refer to it.
 *
 * <p>States: writing -> finished | abandoned. Once an entry refers to it, its sender can't have it undone.
 */
public final class StagedContent {
    private final StoreHealth health;
    private final SegmentPool pool;
    private final Consumer<StagedContent> onEnd;
    private final ContentId id;
    /** All that its chunks lie in. */
    private final List<Segment> segments = new ArrayList<>();
    /** Those of them that nobody else writes to. */
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
     * A content without chunks.
     *
     * @param onEnd is told when it need not be staged any longer
     * @param expected an entry of the log refers to it
     */
    StagedContent(StoreHealth health, SegmentPool pool, Consumer<StagedContent> onEnd, ContentId id, boolean expected) {
        this.health = health;
        this.pool = pool;
        this.onEnd = onEnd;
        this.id = id;
        this.expected = expected;
    }

    /** Content that an entry refers to and that lies in segments already, where it stays until it is settled. */
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
     * Appends the chunk with the next index, after holding its bytes against its checksum.
     *
     * @throws CraqException CHECKSUM_MISMATCH, STORAGE_FULL, STORAGE_FAILED, or UPLOAD_ABANDONED when it has ended already
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
                            "chunk %d has CRC32C %08x, but %08x was announced: it was damaged on its way",
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

    /** Chunks stored so far; grows while the content is being written. */
    public synchronized int size() {
        return chunks.size();
    }

    /** No more chunks come; the segment may take the next content. */
    public synchronized void finish() {
        if (state == State.WRITING) {
            state = State.FINISHED;
            handBack();
        }
    }

    /** Bytes of the next chunk have come. */
    public void comes() {
        lastProgress = System.nanoTime();
    }

    /** For how long nothing of it has come. Waits for a chunk that is just being written. */
    public synchronized long idleNanos() {
        return System.nanoTime() - lastProgress;
    }

    /** An entry refers to this content: what its sender does now no longer decides over it, and it may use the reserve. */
    public synchronized void expect() {
        expected = true;
    }

    /** The entry was dropped. Unless it comes again, what was stored for it is undone after a while. */
    public synchronized void unexpect() {
        expected = false;
        lastProgress = System.nanoTime();
    }

    /** True if so many chunks are here; then it stays for as long as one that has just come. */
    public synchronized boolean keep(int count) {
        lastProgress = System.nanoTime();
        return state != State.ABANDONED && chunks.size() == count;
    }

    /** The sender has given up. Undoes what was written, unless an entry refers to it. */
    public synchronized void abandon() {
        if (expected) {
            reached.complete(false);
        } else {
            discard();
        }
    }

    /** Undoes what was written, unless it is finished. */
    public synchronized void discard() {
        if (state == State.WRITING) {
            state = State.ABANDONED;
            onEnd.accept(this);
            undo();
            reached.complete(false);
        }
    }

    /** Undoes what nothing has happened to for so long, and what no entry refers to. */
    synchronized void expire(long nanos) {
        if (!expected && System.nanoTime() - lastProgress > nanos) {
            discard();
            if (state == State.FINISHED) {
                // Others have written behind it: its place is dead until the segment is compacted.
                onEnd.accept(this);
                settle();
            }
        }
    }

    /** Takes back record by record from the end, as far as nobody else has written behind. */
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
                    .log(System.Logger.Level.WARNING, "an abandoned upload's bytes stay on disk", e);
        }
        handBack();
        settle();
        chunks.clear();
    }

    /** Others may go on where there is room. */
    private void handBack() {
        own.forEach(pool::handBack);
        own.clear();
        held = Optional.empty();
    }

    /** The metadata know of all chunks, or nobody wants them. */
    synchronized void settle() {
        segments.forEach(pool::settle);
        segments.clear();
    }

    /** Completes with true once this many chunks are stored, with false when the upload is abandoned before. */
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
