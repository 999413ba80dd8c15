package org.craq.node.store;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.wire.content.Checksum;

/**
 * The header of a record: magic, format, content id, index, length, CRC32C of the bytes, and CRC32C of all these. It
 * identifies the bytes that follow, so an index can be rebuilt from segments alone.
 */
record ChunkHeader(ContentId content, int index, int length, int crc32c) {
    static final int BYTES = 40;
    private static final int MAGIC = 0x43524151;
    private static final int FORMAT = 1;
    private static final int CHECKED = BYTES - Integer.BYTES;

    ChunkHeader {
        Objects.requireNonNull(content);
        if (index < 0 || length < 1 || length > Content.MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException("chunk " + index + " can't have " + length + " bytes");
        }
    }

    /** Returns the end of a record that begins at a position. */
    long end(long position) {
        return position + BYTES + length;
    }

    /** Returns true if an intact header lies somewhere in these bytes. */
    static boolean isIn(ByteBuffer bytes) {
        for (int at = bytes.position(); at + BYTES <= bytes.limit(); at++) {
            if (bytes.getInt(at) == MAGIC
                    && decode(bytes.duplicate().position(at)).isPresent()) {
                return true;
            }
        }
        return false;
    }

    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES)
                .putInt(MAGIC)
                .putInt(FORMAT)
                .putLong(content.value().getMostSignificantBits())
                .putLong(content.value().getLeastSignificantBits())
                .putInt(index)
                .putInt(length)
                .putInt(crc32c);
        return bytes.putInt(check(bytes)).flip();
    }

    private static int check(ByteBuffer bytes) {
        return Checksum.of(bytes.slice(0, CHECKED));
    }

    /** Decodes a header; empty when the bytes are no header, or a damaged one. */
    static Optional<ChunkHeader> decode(ByteBuffer bytes) {
        if (bytes.remaining() < BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = bytes.slice();
        boolean sound = in.getInt() == MAGIC && in.getInt() == FORMAT && in.getInt(CHECKED) == check(in);
        if (!sound) {
            return Optional.empty();
        }
        ContentId content = new ContentId(new UUID(in.getLong(), in.getLong()));
        int index = in.getInt();
        int length = in.getInt();
        // A client's data may look like a header, so the values are checked as well.
        return index < 0 || length < 1 || length > Content.MAX_CHUNK_SIZE
                ? Optional.empty()
                : Optional.of(new ChunkHeader(content, index, length, in.getInt()));
    }
}
