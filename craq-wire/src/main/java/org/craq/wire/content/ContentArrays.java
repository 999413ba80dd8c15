package org.craq.wire.content;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A pool of arrays into which long messages are received. A fresh array would have to be zeroed, is not in the processor's cache, and soon
 * fills the heap. A caller that no longer needs a message's bytes gives the array back, once; an array that is never given back is garbage
 * collected. Bounded. Thread-safe.
 */
public final class ContentArrays {
    /** Room for a fragment of 1 MiB and the message around it. */
    private static final int ARRAY_BYTES = (1 << 20) + (4 << 10);
    /** Shorter messages get a new array. */
    private static final int LEAST_BYTES = 256 << 10;

    private static final int MOST_FREE = 16;

    private static final Deque<byte[]> FREE = new ArrayDeque<>();

    private ContentArrays() {}

    /** Returns an array of at least the given length; it may hold bytes of earlier messages. */
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
     * Gives back the array of a received message. Nothing may refer to its bytes any more, not even through a view that was made without a
     * copy. Call this at most once for each message.
     */
    // The pool takes back the whole array, wherever in it the bytes begin.
    @SuppressWarnings("ByteBufferBackingArray")
    public static void giveBack(ByteString data) {
        ByteBuffer bytes = ContentBytes.of(data);
        if (bytes.hasArray()) {
            giveBack(bytes.array());
        }
    }

    /** Gives back an array that is no longer used; arrays that the pool did not make are ignored. */
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
