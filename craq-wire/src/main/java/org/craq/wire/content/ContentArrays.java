package org.craq.wire.content;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Arrays that long messages are received into, used again and again: a fresh one would have to be cleared first, has left the processor's
 * cache, and fills the heap soon. Who is done with a message's bytes says so, once; arrays that nobody gives back are garbage like any
 * other. Bounded. Thread-safe.
 */
public final class ContentArrays {
    /** Room for a fragment of 1 MiB and its envelope. */
    private static final int ARRAY_BYTES = (1 << 20) + (4 << 10);
    /** Shorter messages have arrays of their own. */
    private static final int LEAST_BYTES = 256 << 10;

    private static final int MOST_FREE = 16;

    private static final Deque<byte[]> FREE = new ArrayDeque<>();

    private ContentArrays() {}

    /** An array with room for a message, maybe for more; what is in it is left over. */
    public static byte[] take(int length) {
        if (length < LEAST_BYTES || length > ARRAY_BYTES) {
            return new byte[length];
        }
        synchronized (FREE) {
            byte[] free = FREE.poll();
            return free == null ? new byte[ARRAY_BYTES] : free;
        }
    }

    /**
     * The bytes of a received message are not needed any more: nobody has them, or anything made of them without a copy. To be called
     * once at most for each message.
     */
    // The whole array is meant, wherever in it the bytes lie.
    @SuppressWarnings("ByteBufferBackingArray")
    public static void giveBack(ByteString data) {
        ByteBuffer bytes = ContentBytes.of(data);
        if (bytes.hasArray()) {
            giveBack(bytes.array());
        }
    }

    /** An array that was taken and is used no more. */
    public static void giveBack(byte[] array) {
        if (array.length == ARRAY_BYTES) {
            synchronized (FREE) {
                if (FREE.size() < MOST_FREE) {
                    FREE.push(array);
                }
            }
        }
    }
}
