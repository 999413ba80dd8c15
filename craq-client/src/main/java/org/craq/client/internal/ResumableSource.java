package org.craq.client.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ContentChecksum;

/**
 * A local file that is stored piece by piece. It stays open between attempts, at the position that was reached, and can go back without
 * reading everything before again. For one thread.
 */
final class ResumableSource implements Closeable {
    /** Going back, at most this part of the file is read again. */
    private static final int MOST_CHECKSUMS = 1024;

    private final FileSource file;
    private final SeekableByteChannel channel;
    private final ByteBuffer buffer;
    private final long length;
    /** The CRC32C of all bytes before an offset, for some offsets at which a piece has ended. */
    private final TreeMap<Long, Integer> checksums = new TreeMap<>();

    private ContentChecksum checksum = new ContentChecksum();
    private long position;

    /**
     * Some bytes of the file.
     *
     * @param bytes valid until the next piece is read
     */
    record Piece(long offset, ByteBuffer bytes, int crc32c) {}

    /**
     * Opens the file for reading.
     *
     * @param file the same file, as it is before anything of it is read
     * @param pieceBytes length of each piece but the last
     */
    ResumableSource(FileSource file, Path path, int pieceBytes) throws IOException {
        this.file = file;
        this.channel = Files.newByteChannel(path);
        this.buffer = ByteBuffer.allocate(pieceBytes);
        this.length = file.length();
    }

    /** Returns the length of the file when it was opened. */
    long length() {
        return length;
    }

    long position() {
        return position;
    }

    /** Returns the CRC32C of all bytes before the position. */
    int crc32c() {
        return checksum.value();
    }

    /**
     * Moves to an offset. Bytes before it that have not been read yet are read.
     *
     * @param progress called with the position
     * @throws IOException when the file can't be read, or has become shorter
     */
    void moveTo(long offset, LongConsumer progress) throws IOException {
        if (offset < position) {
            back(offset);
        }
        while (position < offset) {
            if (next(offset).isEmpty()) {
                throw file.changed();
            }
            progress.accept(position);
        }
    }

    /** Moves back to the last offset, at or before this one, of which the checksum is known. */
    private void back(long offset) throws IOException {
        var known = Optional.ofNullable(checksums.floorEntry(offset));
        checksum = new ContentChecksum();
        position = known.isPresent() ? known.get().getKey() : 0;
        known.ifPresent(end -> checksum.add(end.getValue(), end.getKey()));
        channel.position(position);
    }

    /**
     * Reads the next piece; empty at the end of the file.
     *
     * @throws IOException when the file can't be read
     */
    Optional<Piece> next() throws IOException {
        return next(length);
    }

    private Optional<Piece> next(long end) throws IOException {
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            // A channel may return less than was asked for.
        }
        int count = buffer.flip().remaining();
        if (count == 0) {
            return Optional.empty();
        }
        Piece piece = new Piece(position, buffer.slice(), Checksum.of(buffer.slice()));
        checksum.add(piece.crc32c(), count);
        position += count;
        if (checksums.isEmpty() || position - checksums.lastKey() >= length / MOST_CHECKSUMS) {
            checksums.put(position, checksum.value());
        }
        return Optional.of(piece);
    }

    /**
     * Verifies that the bytes read are one state of the file.
     *
     * @throws IOException when it has changed meanwhile
     */
    void verify() throws IOException {
        if (position != length) {
            throw file.changed();
        }
        file.verify(length, crc32c());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
