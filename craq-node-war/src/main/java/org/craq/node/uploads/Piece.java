package org.craq.node.uploads;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

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

    /** Reads so many bytes, or what there is. */
    static Piece read(InputStream body, int size, Runnable onProgress) {
        byte[] bytes = new byte[size];
        int length = 0;
        try {
            while (length < size) {
                int count = body.read(bytes, length, size - length);
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
