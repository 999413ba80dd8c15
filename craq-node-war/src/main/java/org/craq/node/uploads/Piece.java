package org.craq.node.uploads;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.craq.node.files.UploadPermits;

/**
 * Some bytes of a body. Unlike {@link InputStream#readNBytes} it loses nothing when the connection breaks.
 *
 * @param bytes not to be moved through; fewer than asked for only at the body's end
 * @param broken why the body ended too early
 */
record Piece(ByteBuffer bytes, Optional<IOException> broken) {
    int length() {
        return bytes.remaining();
    }

    /**
     * Reads so many bytes, or what there is.
     *
     * @param beforeLong runs when more than 64 KiB come, before there is memory for them: a client may send that, and then nothing
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
