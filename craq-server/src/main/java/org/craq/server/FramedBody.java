package org.craq.server;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A body taken out of all that follows the head on a connection, by its length or by its chunks (RFC 9112). */
final class FramedBody extends ServletInputStream {
    private static final int LONGEST_LINE = 4096;
    private static final int MOST_TRAILERS = 100;
    private static final int HEXADECIMAL = 16;
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})[ \t]*(;.*)?");

    private final ServletInputStream from;
    private final boolean chunked;
    private long left;
    private boolean begun;
    private boolean ended;

    private FramedBody(ServletInputStream from, boolean chunked, long length) {
        this.from = from;
        this.chunked = chunked;
        this.left = length;
    }

    static FramedBody ofLength(ServletInputStream from, long length) {
        return new FramedBody(from, false, length);
    }

    static FramedBody ofChunks(ServletInputStream from) {
        return new FramedBody(from, true, 0);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !ended) {
            next();
        }
        if (ended) {
            return -1;
        }
        int count = from.read(into, offset, (int) Math.min(left, length));
        if (count < 0) {
            throw new EOFException("the body ended early");
        }
        left -= count;
        return count;
    }

    private void next() throws IOException {
        if (!chunked) {
            ended = true;
            return;
        }
        if (begun && !line().isEmpty()) {
            throw new IOException("a chunk is longer than announced");
        }
        begun = true;
        var size = CHUNK.matcher(line());
        if (!size.matches()) {
            throw new IOException("a chunk does not begin with its size");
        }
        left = Long.parseLong(size.group(1), HEXADECIMAL);
        if (left == 0) {
            skipTrailers();
            ended = true;
        }
    }

    private void skipTrailers() throws IOException {
        for (int count = 0; !line().isEmpty(); count++) {
            if (count == MOST_TRAILERS) {
                throw new IOException("more than " + MOST_TRAILERS + " lines follow the last chunk");
            }
        }
    }

    private String line() throws IOException {
        byte[] line = new byte[LONGEST_LINE];
        for (int length = 0; length < LONGEST_LINE; length++) {
            int next = from.read();
            if (next < 0) {
                throw new EOFException("the body ended early");
            }
            line[length] = (byte) next;
            if (next == '\n' && length > 0 && line[length - 1] == '\r') {
                return new String(line, 0, length - 1, StandardCharsets.ISO_8859_1);
            }
        }
        throw new IOException("a line between chunks is longer than " + LONGEST_LINE + " bytes");
    }

    @Override
    public boolean isFinished() {
        return ended;
    }

    @Override
    public boolean isReady() {
        return from.isReady();
    }

    /** Not supported: all who read a body wait for it. */
    @Override
    public void setReadListener(ReadListener listener) {
        throw new UnsupportedOperationException("this body is read by waiting for it");
    }

    @Override
    public void close() throws IOException {
        from.close();
    }
}
