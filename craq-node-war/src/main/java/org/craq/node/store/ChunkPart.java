package org.craq.node.store;

import java.util.Objects;

/**
 * Some of a chunk's bytes.
 *
 * @param from the first byte's place in the chunk
 * @param to where the next part begins
 */
public record ChunkPart(ChunkLocation chunk, int from, int to) {
    public ChunkPart {
        Objects.requireNonNull(chunk);
        if (from < 0 || from > to || to > chunk.length()) {
            throw new IllegalArgumentException("bytes " + from + " to " + to + " of a chunk of " + chunk.length());
        }
    }

    /** All of a chunk. */
    public static ChunkPart all(ChunkLocation chunk) {
        return new ChunkPart(chunk, 0, chunk.length());
    }

    public int length() {
        return to - from;
    }

    public boolean whole() {
        return length() == chunk.length();
    }
}
