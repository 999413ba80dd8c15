package org.craq.node.store;

import java.util.Objects;

/**
 * A range of a chunk's bytes.
 *
 * @param from offset in the chunk of the first byte
 * @param to offset in the chunk after the last byte
 */
public record ChunkPart(ChunkLocation chunk, int from, int to) {
    public ChunkPart {
        Objects.requireNonNull(chunk);
        if (from < 0 || from > to || to > chunk.length()) {
            throw new IllegalArgumentException("bytes " + from + " to " + to + " of a chunk of " + chunk.length());
        }
    }

    /** Returns the range that covers a whole chunk. */
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
