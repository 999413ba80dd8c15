package org.craq.system.chain;

import java.io.InputStream;
import java.util.SplittableRandom;

/** A stream of the given number of random bytes, which are not kept. */
final class RandomBytes extends InputStream {
    private final SplittableRandom random;
    private long left;

    RandomBytes(long seed, long length) {
        this.random = new SplittableRandom(seed);
        this.left = length;
    }

    /** Returns all bytes at once. */
    static byte[] array(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    @Override
    public int read() {
        if (left == 0) {
            return -1;
        }
        left--;
        return random.nextInt() & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        int given = (int) Math.min(length, left);
        byte[] bytes = new byte[given];
        random.nextBytes(bytes);
        System.arraycopy(bytes, 0, target, offset, given);
        left -= given;
        return given;
    }
}
