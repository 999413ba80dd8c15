package org.craq.node.uploads;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.craq.node.files.UploadPermits;

/**
 * Some bytes of a request's body. Unlike {@link InputStream#readNBytes}, reading loses nothing when the connection breaks.
 *
 * @param bytes the bytes, fewer than requested only at the body's end; its position must not be moved
 * @param broken the failure, if the body ended too early
 */
record Piece(ByteBuffer bytes, Optional<IOException> broken) {
    int length() {
        return bytes.remaining();
    }

    /**
     * Reads up to {@code size} bytes.
     *
     * @param onProgress runs whenever bytes have arrived
     * @param beforeLong runs after 64 KiB, before memory for the rest is allocated, in case the client sends no more than that
     */
    static Piece read(InputStream body, int size, Runnable onProgress, Runnable beforeLong) {
        byte[] bytes = new byte[Math.min(size, UploadPermits.SHORT_BYTES)];
        int length = 0;
        try {
            while (length < size) {
                if (length == bytes.length) {
                    beforeLong.run();
                    bytes = Arrays.copyOf(bytes, size);
                }
                int count = body.read(bytes, length, bytes.length - length);
                if (count < 0) {
                    break;
                }
                length += count;
                onProgress.run();
            }
            return new Piece(ByteBuffer.wrap(bytes, 0, length), Optional.empty());
        } catch (IOException e) {
            return new Piece(ByteBuffer.wrap(bytes, 0, length), Optional.of(e));
        }
    }
}
