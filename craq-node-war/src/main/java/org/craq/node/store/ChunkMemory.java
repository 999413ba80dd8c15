package org.craq.node.store;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.craq.core.file.Content;

/**
 * Memory for chunks that are being read, used again and again: fresh memory would have to be cleared first, has left the processor's
 * cache, and fills the heap soon. Bounded. Thread-safe.
 */
public final class ChunkMemory {
    private static final int MOST_FREE = 16;

    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    /** Room for the longest chunk; what is in it is left over. */
    public synchronized ByteBuffer borrow() {
        return free.isEmpty()
                ? ByteBuffer.allocate(Content.MAX_CHUNK_SIZE)
                : free.pop().clear();
    }

    /** What was borrowed, and is used no more. */
    public synchronized void giveBack(ByteBuffer memory) {
        if (free.size() < MOST_FREE) {
            free.push(memory);
        }
    }
}
