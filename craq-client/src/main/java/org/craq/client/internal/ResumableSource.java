package org.craq.client.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ContentChecksum;

/** A local file that is stored piece by piece. It stays open between attempts, at the position that was reached. For one thread. */
final class ResumableSource {
    private final FileSource file;
    private final byte[] buffer;
    private final long length;
    private InputStream in;
    private ContentChecksum checksum = new ContentChecksum();
    private long position;

    /**
     * Some bytes of the file.
     *
     * @param bytes valid until the next piece is read
     */
    record Piece(long offset, ByteBuffer bytes, int crc32c) {}

    /**
     * Begins to read the file.
     *
     * @param pieceBytes length of each piece but the last
     */
    ResumableSource(FileSource file, int pieceBytes) throws IOException {
        this.file = file;
        this.buffer = new byte[pieceBytes];
        this.length = file.length();
        this.in = file.begin();
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
     * Reads on to an offset, from the first byte if it has been passed.
     *
     * @param progress called with the position
     * @throws IOException when the file can't be read, or has become shorter
     */
    void moveTo(long offset, LongConsumer progress) throws IOException {
        if (offset < position) {
            in = file.begin();
            checksum = new ContentChecksum();
            position = 0;
        }
        while (position < offset) {
            if (next(offset).isEmpty()) {
                throw file.changed();
            }
            progress.accept(position);
        }
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
        int count = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, end - position));
        if (count == 0) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
        Piece piece = new Piece(position, bytes, Checksum.of(bytes));
        checksum.add(piece.crc32c(), count);
        position += count;
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
}
