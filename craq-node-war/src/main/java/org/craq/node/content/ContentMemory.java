package org.craq.node.content;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.craq.core.file.Content;

/**
 * Memory outside the heap for long chunks on their way in and on, used again and again. How many are in use at once is bounded by those
 * who borrow: each content that comes has had its turn. Thread-safe.
 */
public final class ContentMemory {
    private static final int MOST_FREE = 32;

    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    /** Room for the longest chunk; what is in it is left over. */
    public ByteBuffer borrow() {
        synchronized (free) {
            if (!free.isEmpty()) {
                return free.pop().clear();
            }
        }
        return ByteBuffer.allocateDirect(Content.MAX_CHUNK_SIZE);
    }

    /** What was borrowed, and is used no more. */
    public void giveBack(ByteBuffer memory) {
        synchronized (free) {
            if (free.size() < MOST_FREE) {
                free.push(memory);
            }
        }
    }
}
