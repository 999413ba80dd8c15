package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.craq.core.file.ContentId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * One content on its way into the store: chunks 0, 1, 2, ... are appended, then it is finished or abandoned. What is
 * finished stays staged until the metadata refer to it.
 *
 * <p>States: writing -> finished | abandoned. Once an entry refers to it, its sender can't have it undone.
 */
public final class StagedContent {
    private final ChunkStore store;
    private final ContentId id;
    private final List<Segment> segments = new ArrayList<>();
    private final List<ChunkLocation> chunks = new ArrayList<>();
    private final CompletableFuture<Boolean> reached = new CompletableFuture<>();
    private int wanted = Integer.MAX_VALUE;
    private State state = State.WRITING;
    private boolean expected;
    private long lastProgress = System.nanoTime();
    private long firstEnd;
    private boolean held;

    private enum State {
        WRITING,
        FINISHED,
        ABANDONED
    }

    StagedContent(ChunkStore store, ContentId id) {
        this.store = store;
        this.id = id;
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
        CRC32C crc = new CRC32C();
        crc.update(data.duplicate());
        if ((int) crc.getValue() != crc32c) {
            throw new CraqException(
                    ErrorCode.CHECKSUM_MISMATCH,
                    String.format(
                            "chunk %d has CRC32C %08x, but %08x was announced: it was damaged on its way",
                            chunks.size(), (int) crc.getValue(), crc32c));
        }
        try {
            chunks.add(segment().append(id, chunks.size(), data, crc32c));
            lastProgress = System.nanoTime();
            if (chunks.size() >= wanted) {
                reached.complete(true);
            }
        } catch (IOException e) {
            boolean full = String.valueOf(e.getMessage()).contains("No space left");
            throw new CraqException(
                    full ? ErrorCode.STORAGE_FULL : ErrorCode.STORAGE_FAILED,
                    full ? "the node's disk is full" : "the node's disk refused a write: " + e.getMessage(),
                    e);
        }
    }

    private Segment segment() throws IOException {
        if (held && store.hasRoom(current())) {
            return current();
        }
        Segment segment = store.acquire();
        if (segments.isEmpty()) {
            firstEnd = segment.end();
        }
        segments.add(segment);
        held = true;
        return segment;
    }

    private Segment current() {
        return segments.get(segments.size() - 1);
    }

    /** Chunks stored so far; grows while the content is being written. */
    public synchronized int size() {
        return chunks.size();
    }

    /** No more chunks come; the segment may take the next content. */
    public synchronized void finish() {
        if (state == State.WRITING) {
            state = State.FINISHED;
            letGo();
        }
    }

    /** An entry refers to this content: what its sender does now no longer decides over it. */
    public synchronized void expect() {
        expected = true;
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
            store.forget(this);
            undo();
            reached.complete(false);
        }
    }

    /** Undoes an upload that nothing has happened to for so long, and that no entry refers to. */
    synchronized void expire(long nanos) {
        if (!expected && System.nanoTime() - lastProgress > nanos) {
            discard();
        }
    }

    /** While writing, the segments' ends belong to this content alone, so cutting them undoes it without a trace. */
    private void undo() {
        try {
            for (int i = segments.size() - 1; i >= 0; i--) {
                Segment segment = segments.get(i);
                if (i == 0 && firstEnd > 0) {
                    segment.truncate(firstEnd);
                    store.release(segment);
                } else {
                    store.drop(segment);
                }
            }
        } catch (IOException e) {
            System.getLogger(StagedContent.class.getName())
                    .log(System.Logger.Level.WARNING, "an abandoned upload's bytes stay on disk", e);
        }
        segments.clear();
        chunks.clear();
        held = false;
    }

    private void letGo() {
        if (held) {
            held = false;
            store.release(current());
        }
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
