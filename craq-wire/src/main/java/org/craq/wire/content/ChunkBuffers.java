package org.craq.wire.content;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntFunction;
import org.craq.core.file.Content;

/**
 * Buffers for one chunk each, used again and again: a fresh one would have to be cleared first, is not in the processor's cache, and makes work for the
 * garbage collector. Bounds how many are kept; how many are in use is bounded by those who borrow. Thread-safe.
 */
public final class ChunkBuffers {
    private final IntFunction<ByteBuffer> maker;
    private final int mostFree;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    private ChunkBuffers(IntFunction<ByteBuffer> maker, int mostFree) {
        this.maker = maker;
        this.mostFree = mostFree;
    }

    /** Buffers outside the heap, from which a channel reads and writes without a copy. */
    public static ChunkBuffers direct(int mostFree) {
        return new ChunkBuffers(ByteBuffer::allocateDirect, mostFree);
    }

    /** Buffers in the heap. */
    public static ChunkBuffers heap(int mostFree) {
        return new ChunkBuffers(ByteBuffer::allocate, mostFree);
    }

    /** A buffer for the longest chunk, of {@link Content#MAX_CHUNK_SIZE} bytes; holds what its last user left in it. */
    public ByteBuffer borrow() {
        synchronized (free) {
            if (!free.isEmpty()) {
                return free.pop().clear();
            }
        }
        return maker.apply(Content.MAX_CHUNK_SIZE);
    }

    /** A borrowed buffer is not used any more. To be called once for each. */
    public void giveBack(ByteBuffer buffer) {
        synchronized (free) {
            if (free.size() < mostFree) {
                free.push(buffer);
            }
        }
    }
}
