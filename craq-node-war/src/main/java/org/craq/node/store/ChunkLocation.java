package org.craq.node.store;

import java.util.Objects;

/**
 * Where one chunk's bytes lie on this node's disk.
 *
 * @param segment file name of the segment, within the chunk store's directory
 * @param position of the chunk's record in the segment, bytes
 * @param length of the chunk, bytes, without the record's header
 * @param crc32c of the chunk's bytes
 */
public record ChunkLocation(String segment, long position, int length, int crc32c) {
    public ChunkLocation {
        Objects.requireNonNull(segment);
    }

    /** Where the chunk's record ends. */
    public long end() {
        return position + ChunkHeader.BYTES + length;
    }
}
