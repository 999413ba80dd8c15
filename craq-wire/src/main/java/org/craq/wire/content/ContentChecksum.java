package org.craq.wire.content;

/**
 * The CRC32C of a whole content, combined from the checksums of its chunks. The bytes have already been verified against those, so they are
 * not read a second time.
 *
 * <p>A CRC is the remainder of a polynomial over GF(2). Appending n bytes multiplies the remainder so far by x^(8n); the
 * new bytes' remainder is then added. Most chunks have the same length, so the last factor is kept.
 */
public final class ContentChecksum {
    /** The Castagnoli polynomial; the highest bit is the coefficient of x^0, as in the checksums themselves. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private static final int ONE = 0x80000000;
    /** x^8. */
    private static final int ONE_BYTE = 0x00800000;

    private int value;
    private long lastLength;
    private int lastFactor = ONE;

    /** Appends the next chunk's checksum; an empty chunk changes nothing. */
    public void add(int crc32c, long length) {
        if (length != lastLength) {
            lastFactor = power(length);
            lastLength = length;
        }
        value = multiply(lastFactor, value) ^ crc32c;
    }

    /** Returns the CRC32C of all chunks so far, 0 if there are none. */
    public int value() {
        return value;
    }

    /** x^(8n), by squaring. */
    private static int power(long bytes) {
        int result = ONE;
        int square = ONE_BYTE;
        for (long rest = bytes; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                result = multiply(square, result);
            }
            square = multiply(square, square);
        }
        return result;
    }

    private static int multiply(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted >>> 1) ^ ((shifted & 1) != 0 ? POLYNOMIAL : 0);
        }
        return product;
    }
}
