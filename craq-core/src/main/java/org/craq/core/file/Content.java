package org.craq.core.file;

import java.util.Objects;

/**
 * Immutable bytes that form a body, alone or with other contents, cut into chunks of {@code chunkSize} bytes; the last
 * chunk may be shorter.
 *
 * @param length total number of bytes; 0 for an empty file, which has no chunks
 * @param crc32c CRC32C of all bytes
 */
public record Content(ContentId id, int chunkSize, long length, int crc32c) {
    public static final int MIN_CHUNK_SIZE = 4 << 10;
    public static final int MAX_CHUNK_SIZE = 1 << 20;

    public Content {
        Objects.requireNonNull(id);
        if (chunkSize < MIN_CHUNK_SIZE || chunkSize > MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException("the chunk size must lie between " + MIN_CHUNK_SIZE + " and "
                    + MAX_CHUNK_SIZE + " bytes; this one is " + chunkSize);
        }
        if (length < 0) {
            throw new IllegalArgumentException("a length is not negative: " + length);
        }
        if (length > (long) chunkSize * Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a file has at most " + Integer.MAX_VALUE + " chunks of " + chunkSize
                    + " bytes; this one has " + length + " bytes");
        }
    }

    public int chunks() {
        return (int) ((length + chunkSize - 1) / chunkSize);
    }

    /** Returns the length in bytes of the chunk with this index. */
    public int chunkLength(int index) {
        Objects.checkIndex(index, chunks());
        return (int) Math.min(chunkSize, length - (long) index * chunkSize);
    }
}
