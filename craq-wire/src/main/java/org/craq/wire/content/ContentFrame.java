package org.craq.wire.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The header of a frame on a content port (content.proto): kind, length and CRC32C of the payload that follows, 4 bytes each, big-endian.
 *
 * @param length bytes of the payload, 0 to {@value #MAX_BYTES}
 * @param crc32c of the payload
 */
public record ContentFrame(Kind kind, int length, int crc32c) {
    /** Length of the header itself. */
    public static final int BYTES = 12;

    /** Maximum length of a payload. */
    public static final int MAX_BYTES = 1 << 20;

    /** Maximum length of a message, which holds a name, metadata, or an error text. */
    public static final int MAX_MESSAGE_BYTES = 16 << 10;

    private static final byte[] PREFACE = "CRAQ/1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SECURE_PREFACE = "CRAQ/2\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The kind of a frame's payload: a protocol message, or bytes of a content. */
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
            throw new IOException("unknown frame kind " + code);
        }
    }

    public ContentFrame {
        if (length < 0 || length > kind.longest) {
            throw new IllegalArgumentException(kind + " of " + length + " bytes");
        }
    }

    /**
     * Returns the bytes that a client sends first on a connection.
     *
     * @param secure whether the client's messages are authenticated
     */
    public static ByteBuffer preface(boolean secure) {
        return ByteBuffer.wrap(secure ? SECURE_PREFACE : PREFACE).asReadOnlyBuffer();
    }

    /** Appends this header to a buffer. */
    public void put(ByteBuffer target) {
        target.putInt(kind.code).putInt(length).putInt(crc32c);
    }

    /** Appends a whole message frame to a buffer. */
    public static void putMessage(ByteBuffer target, byte[] message) {
        new ContentFrame(Kind.MESSAGE, message.length, Checksum.of(ByteBuffer.wrap(message))).put(target);
        target.put(message);
    }

    /**
     * Consumes a header from a buffer.
     *
     * @throws IOException when the bytes are not a valid header
     */
    public static ContentFrame get(ByteBuffer source) throws IOException {
        Kind kind = Kind.of(source.getInt());
        int length = source.getInt();
        if (length < 0 || length > kind.longest) {
            throw new IOException("invalid frame length " + length);
        }
        return new ContentFrame(kind, length, source.getInt());
    }

    /** Returns true if the bytes have this header's length and checksum. */
    public boolean fits(ByteBuffer bytes) {
        return bytes.remaining() == length && Checksum.of(bytes) == crc32c;
    }
}
