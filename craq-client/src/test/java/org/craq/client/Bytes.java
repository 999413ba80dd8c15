package org.craq.client;

import java.io.InputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Content for tests. */
final class Bytes {
    static final int MIB = 1 << 20;

    private Bytes() {}

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Returns a stream of zeros, which counts the bytes read. */
    static InputStream zeros(long length, AtomicLong taken) {
        return new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] buffer, int offset, int count) {
                int given = (int) Math.min(count, length - taken.get());
                taken.addAndGet(given);
                return given == 0 ? -1 : given;
            }
        };
    }
}
