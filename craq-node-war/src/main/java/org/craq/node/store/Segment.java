package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.craq.core.file.ContentId;

/**
 * An append-only file of chunk records. A record describes itself: magic, content id, index, length, CRC32C of the bytes, CRC32C
 * of the header, bytes; so an index could be rebuilt from segments alone.
 *
 * <p>At any time at most one writer appends to a segment; readers need no lock. Every failure leaves the segment as it was
 * to readers: only records that the metadata name are ever read.
 */
final class Segment implements AutoCloseable {
    static final int HEADER_BYTES = 40;
    private static final int MAGIC = 0x43524151;
    private static final int FORMAT = 1;

    private final Path file;
    private final FileChannel channel;
    private long end;

    private Segment(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.end = channel.size();
    }

    static Segment create(Path file) throws IOException {
        return new Segment(
                file,
                FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    static Segment open(Path file) throws IOException {
        return new Segment(file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    String name() {
        return file.getFileName().toString();
    }

    /** Bytes in the segment; the next record begins here. */
    long end() {
        return end;
    }

    /** Writes one record at the end. */
    ChunkLocation append(ContentId content, int index, ByteBuffer data, int crc32c) throws IOException {
        int length = data.remaining();
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES)
                .putInt(MAGIC)
                .putInt(FORMAT)
                .putLong(content.value().getMostSignificantBits())
                .putLong(content.value().getLeastSignificantBits())
                .putInt(index)
                .putInt(length)
                .putInt(crc32c);
        CRC32C check = new CRC32C();
        check.update(header.duplicate().flip());
        header.putInt((int) check.getValue()).flip();
        ByteBuffer[] record = {header, data.duplicate()};
        channel.position(end);
        while (record[1].hasRemaining() || record[0].hasRemaining()) {
            channel.write(record);
        }
        ChunkLocation location = new ChunkLocation(name(), end, length, crc32c);
        end += HEADER_BYTES + length;
        return location;
    }

    /** The bytes of a chunk, unchecked; short when the file is. */
    ByteBuffer read(ChunkLocation location) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(location.length());
        long position = location.position() + HEADER_BYTES;
        while (data.hasRemaining()) {
            int read = channel.read(data, position);
            if (read < 0) {
                break;
            }
            position += read;
        }
        return data.flip();
    }

    /** On return everything written before the call is on the disk. */
    void force() throws IOException {
        channel.force(false);
    }

    /** Cuts off what lies at or behind a position. */
    void truncate(long position) throws IOException {
        channel.truncate(position);
        end = Math.min(end, position);
    }

    void delete() throws IOException {
        close();
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
