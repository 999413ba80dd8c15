package org.craq.client.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A stream to be stored. Its first bytes are remembered up to a limit: a head that refuses an upload does so before
 * flow control has let more than that through, and the upload can then start again elsewhere.
 */
final class StreamSource implements Source {
    private final InputStream stream;
    private final int limit;
    private final List<byte[]> remembered = new ArrayList<>();
    private long consumed;

    StreamSource(InputStream stream, int limit) {
        this.stream = stream;
        this.limit = limit;
    }

    @Override
    public boolean repeatable() {
        return consumed <= limit;
    }

    @Override
    public InputStream begin() {
        if (!repeatable()) {
            throw new IllegalStateException("the beginning is no longer remembered");
        }
        return new Replay();
    }

    @Override
    public void verify(long sent, int crc32c) {}

    private void remember(byte[] buffer, int offset, int count) {
        consumed += count;
        if (consumed <= limit) {
            remembered.add(Arrays.copyOfRange(buffer, offset, offset + count));
        } else {
            remembered.clear();
        }
    }

    /** Delivers the remembered bytes first, then the stream itself. */
    private final class Replay extends InputStream {
        private int piece;
        private int position;

        @Override
        public int read(byte[] buffer, int offset, int count) throws IOException {
            if (piece < remembered.size()) {
                byte[] bytes = remembered.get(piece);
                int given = Math.min(count, bytes.length - position);
                System.arraycopy(bytes, position, buffer, offset, given);
                position += given;
                if (position == bytes.length) {
                    piece++;
                    position = 0;
                }
                return given;
            }
            int given = stream.read(buffer, offset, count);
            if (given > 0) {
                remember(buffer, offset, given);
                piece = remembered.size();
            }
            return given;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }
    }
}
