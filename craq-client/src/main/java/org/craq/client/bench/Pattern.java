package org.craq.client.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;

/**
 * Incompressible bytes of any length that cost next to nothing to make and can be checked from any position on. All
 * contents walk round one ring of random bytes, each from a place of its own; the ring's length is a prime, so bytes that
 * end up a number of chunks, or of any other power of two, from where they belong are found out.
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

    /** Equal names have equal bytes. */
    static Pattern of(String name) {
        return new Pattern(Math.floorMod(name.hashCode() * 0x9E3779B97F4A7C15L, RING_BYTES));
    }

    private int place(long position) {
        return (int) ((start + position) % RING_BYTES);
    }

    /** The first {@code length} bytes. */
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

    /** Takes bytes that should be those from {@code from} on. */
    Check check(long from) {
        return new Check(from);
    }

    /** Fails at the first byte that is another one than it should be. */
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

        /** Fails unless exactly so many bytes have come. */
        void complete(long expected) throws IOException {
            if (position - from != expected) {
                throw new IOException((position - from) + " bytes came instead of " + expected);
            }
        }
    }
}
