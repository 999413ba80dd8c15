package org.craq.wire.content;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntFunction;
import org.craq.core.file.Content;

/**
 * A pool of buffers for one chunk each. A fresh buffer would have to be zeroed, is not in the processor's cache, and adds to the work of
 * the garbage collector. The pool bounds how many free buffers it keeps; callers must bound how many they borrow. Thread-safe.
 */
public final class ChunkBuffers {
    private final IntFunction<ByteBuffer> maker;
    private final int mostFree;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    private ChunkBuffers(IntFunction<ByteBuffer> maker, int mostFree) {
        this.maker = maker;
        this.mostFree = mostFree;
    }

    /** Creates a pool of direct buffers, which channels read and write without a copy. */
    public static ChunkBuffers direct(int mostFree) {
        return new ChunkBuffers(ByteBuffer::allocateDirect, mostFree);
    }

    /** Creates a pool of heap buffers. */
    public static ChunkBuffers heap(int mostFree) {
        return new ChunkBuffers(ByteBuffer::allocate, mostFree);
    }

    /** Returns a buffer of {@link Content#MAX_CHUNK_SIZE} bytes, the longest chunk; it still holds its last user's bytes. */
    public ByteBuffer borrow() {
        synchronized (free) {
            if (!free.isEmpty()) {
                return free.pop().clear();
            }
        }
        return maker.apply(Content.MAX_CHUNK_SIZE);
    }

    /** Returns a borrowed buffer to the pool. Call this once for each. */
    public void giveBack(ByteBuffer buffer) {
        synchronized (free) {
            if (free.size() < mostFree) {
                free.push(buffer);
            }
        }
    }
}
