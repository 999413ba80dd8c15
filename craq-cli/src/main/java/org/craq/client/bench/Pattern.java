package org.craq.client.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;

/**
 * Incompressible bytes of any length that cost almost nothing to generate and can be checked from any position on.
 * Every content walks around the same ring of random bytes, from its own starting point. The length of the ring is a
 * prime, so bytes that are misplaced by a number of chunks, or by any other power of two, are detected.
 */
final class Pattern {
    /** The largest prime below 4 MiB. */
    static final int RING_BYTES = 4_194_301;

    private static final byte[] RING = new byte[RING_BYTES];

    static {
        new Random(20091).nextBytes(RING);
    }

    private final int start;

    private Pattern(int start) {
        this.start = start;
    }

    /** Returns the pattern of a name; equal names have equal bytes. */
    static Pattern of(String name) {
        return new Pattern(Math.floorMod(name.hashCode() * 0x9E3779B97F4A7C15L, RING_BYTES));
    }

    private int place(long position) {
        return (int) ((start + position) % RING_BYTES);
    }

    /** Returns a stream of the first {@code length} bytes. */
    InputStream read(long length) {
        return new InputStream() {
            private long position;

            @Override
            public int read(byte[] buffer, int offset, int count) {
                if (position == length) {
                    return count == 0 ? 0 : -1;
                }
                int place = place(position);
                int given = (int) Math.min(Math.min(count, length - position), RING_BYTES - place);
                System.arraycopy(RING, place, buffer, offset, given);
                position += given;
                return given;
            }

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }
        };
    }

    /** Returns a stream that checks what is written to it against the bytes from {@code from} on. */
    Check check(long from) {
        return new Check(from);
    }

    /** Fails at the first byte that differs from the expected one. */
    final class Check extends OutputStream {
        private final long from;
        private long position;

        private Check(long from) {
            this.from = from;
            this.position = from;
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            int done = 0;
            while (done < count) {
                int place = place(position);
                int piece = Math.min(count - done, RING_BYTES - place);
                int wrong = Arrays.mismatch(RING, place, place + piece, bytes, offset + done, offset + done + piece);
                if (wrong >= 0) {
                    throw new IOException("the byte at " + (position + wrong) + " is not the one that was written");
                }
                done += piece;
                position += piece;
            }
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        /** Fails unless exactly this many bytes have been written. */
        void complete(long expected) throws IOException {
            if (position - from != expected) {
                throw new IOException((position - from) + " bytes arrived instead of " + expected);
            }
        }
    }
}
