package org.craq.node.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ContentChecksum;

/**
 * Reads ranges of chunks and verifies them. A record has only one checksum, over all its bytes, so the first read of a
 * range reads the whole chunk; the checksums of its pieces of 64 KiB are remembered, and later reads verify against
 * those. Bounded in bytes. Thread-safe.
 */
final class CheckedParts {
    static final int PIECE_BYTES = 64 << 10;
    private static final long MEMORY_BYTES = 4 << 20;
    private static final int BYTES_OF_CHUNK = 200;

    /** Checksums of each chunk's pieces. One location with one checksum always holds the same bytes. */
    private final Cache<ChunkLocation, int[]> known = Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(MEMORY_BYTES)
            .weigher((ChunkLocation chunk, int[] sums) -> BYTES_OF_CHUNK + sums.length * Integer.BYTES)
            .build();

    /**
     * Reads a range and verifies it; empty when the bytes don't match what was stored.
     *
     * @param memory supplies a buffer of the given size
     */
    Optional<CheckedBytes> read(Segment segment, ChunkPart part, IntFunction<ByteBuffer> memory) throws IOException {
        ChunkLocation chunk = part.chunk();
        if (part.whole()) {
            ByteBuffer bytes = segment.data(chunk, 0, chunk.length(), memory);
            return bytes.remaining() == chunk.length() && Checksum.of(bytes) == chunk.crc32c()
                    ? Optional.of(new CheckedBytes(bytes, chunk.crc32c()))
                    : Optional.empty();
        }
        int[] sums = known.getIfPresent(chunk);
        return sums == null ? learn(segment, part, memory) : read(segment, part, sums, memory);
    }

    private Optional<CheckedBytes> learn(Segment segment, ChunkPart part, IntFunction<ByteBuffer> memory)
            throws IOException {
        ChunkLocation chunk = part.chunk();
        ByteBuffer bytes = segment.data(chunk, 0, chunk.length(), memory);
        if (bytes.remaining() != chunk.length()) {
            return Optional.empty();
        }
        int[] sums = sums(bytes);
        if (whole(sums, chunk.length()) != chunk.crc32c()) {
            return Optional.empty();
        }
        known.put(chunk, sums);
        return Optional.of(checked(part, bytes, 0, sums));
    }

    private static Optional<CheckedBytes> read(
            Segment segment, ChunkPart part, int[] sums, IntFunction<ByteBuffer> memory) throws IOException {
        ChunkLocation chunk = part.chunk();
        int first = part.from() / PIECE_BYTES;
        int begin = first * PIECE_BYTES;
        int end = Math.min(chunk.length(), (part.to() + PIECE_BYTES - 1) / PIECE_BYTES * PIECE_BYTES);
        ByteBuffer bytes = segment.data(chunk, begin, end - begin, memory);
        if (bytes.remaining() != end - begin) {
            return Optional.empty();
        }
        int[] found = sums(bytes);
        return Arrays.equals(found, 0, found.length, sums, first, first + found.length)
                ? Optional.of(checked(part, bytes, begin, found))
                : Optional.empty();
    }

    /**
     * Cuts the requested range out of verified bytes.
     *
     * @param begin offset in the chunk of the first of these bytes
     * @param sums checksums of all their pieces
     */
    private static CheckedBytes checked(ChunkPart part, ByteBuffer bytes, int begin, int[] sums) {
        ByteBuffer wanted = bytes.slice(part.from() - begin, part.length());
        boolean one = part.from() % PIECE_BYTES == 0
                && part.length() == Math.min(PIECE_BYTES, part.chunk().length() - part.from());
        return new CheckedBytes(wanted, one ? sums[(part.from() - begin) / PIECE_BYTES] : Checksum.of(wanted));
    }

    private static int[] sums(ByteBuffer bytes) {
        int[] sums = new int[(bytes.remaining() + PIECE_BYTES - 1) / PIECE_BYTES];
        for (int i = 0; i < sums.length; i++) {
            int begin = i * PIECE_BYTES;
            sums[i] = Checksum.of(bytes.slice(begin, Math.min(PIECE_BYTES, bytes.remaining() - begin)));
        }
        return sums;
    }

    private static int whole(int[] sums, int length) {
        ContentChecksum whole = new ContentChecksum();
        for (int i = 0; i < sums.length; i++) {
            whole.add(sums[i], Math.min(PIECE_BYTES, length - i * PIECE_BYTES));
        }
        return whole.value();
    }
}
