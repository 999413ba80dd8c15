package org.craq.wire.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What stands before each message and each piece of content on a content port (content.proto): kind, length and CRC32C of what
 * follows, 4 bytes each, big-endian.
 *
 * @param length bytes that follow, 0 to {@value #MAX_BYTES}
 * @param crc32c of those bytes
 */
public record ContentFrame(Kind kind, int length, int crc32c) {
    /** Of the frame itself. */
    public static final int BYTES = 12;

    /** What may follow at most. */
    public static final int MAX_BYTES = 1 << 20;

    /** No message is longer: a name, its metadata, a sentence. */
    public static final int MAX_MESSAGE_BYTES = 16 << 10;

    private static final byte[] PREFACE = "CRAQ/1\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What a frame announces. */
    public enum Kind {
        MESSAGE(1, MAX_MESSAGE_BYTES),
        PIECE(2, MAX_BYTES);

        private final int code;
        private final int longest;

        Kind(int code, int longest) {
            this.code = code;
            this.longest = longest;
        }

        private static Kind of(int code) throws IOException {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IOException("a frame of kind " + code);
        }
    }

    public ContentFrame {
        if (length < 0 || length > kind.longest) {
            throw new IllegalArgumentException(kind + " of " + length + " bytes");
        }
    }

    /** What a client sends first. */
    public static ByteBuffer preface() {
        return ByteBuffer.wrap(PREFACE).asReadOnlyBuffer();
    }

    /** Appends the frame. */
    public void put(ByteBuffer target) {
        target.putInt(kind.code).putInt(length).putInt(crc32c);
    }

    /** Appends a message with its frame. */
    public static void putMessage(ByteBuffer target, byte[] message) {
        new ContentFrame(Kind.MESSAGE, message.length, Checksum.of(ByteBuffer.wrap(message))).put(target);
        target.put(message);
    }

    /**
     * Takes a frame from a buffer.
     *
     * @throws IOException when the bytes are none
     */
    public static ContentFrame get(ByteBuffer source) throws IOException {
        Kind kind = Kind.of(source.getInt());
        int length = source.getInt();
        if (length < 0 || length > kind.longest) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return new ContentFrame(kind, length, source.getInt());
    }

    /** True when these are the bytes that the frame announced. */
    public boolean fits(ByteBuffer bytes) {
        return bytes.remaining() == length && Checksum.of(bytes) == crc32c;
    }
}
