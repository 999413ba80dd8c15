package org.craq.node.store;

import java.util.Objects;

/**
 * Where one chunk's bytes lie on this node's disk.
 *
 * @param segment file name of the segment, within the chunk store's directory
 * @param position byte offset of the chunk's record in the segment
 * @param length bytes of the chunk, without the record's header
 * @param crc32c CRC32C of the chunk's bytes
 */
public record ChunkLocation(String segment, long position, int length, int crc32c) {
    public ChunkLocation {
        Objects.requireNonNull(segment);
    }

    /** Returns where the chunk's record ends. */
    public long end() {
        return position + ChunkHeader.BYTES + length;
    }
}
