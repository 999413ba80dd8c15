package org.craq.node.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.craq.wire.content.ChunkBuffers;

/**
 * A long chunk in a direct buffer that one thread fills as bytes arrive while another already forwards them. Its checksum can be verified
 * only once all bytes are there. The chunk is reference-counted: its buffer returns to the pool when the last holder closes it.
 */
public final class ComingChunk implements AutoCloseable {
    /** The forwarding thread is woken whenever this many bytes have arrived; waking it for fewer would not pay. */
    private static final int STEP_BYTES = 64 << 10;

    private final ChunkBuffers memory;
    private final int length;
    private final int crc32c;
    private final ByteBuffer bytes;
    private int there;
    private int shares = 1;

    /**
     * Creates a chunk of which nothing has arrived yet.
     *
     * @param length bytes that will arrive, at most 1 MiB
     * @param crc32c the checksum that the sender stated for them
     */
    public ComingChunk(ChunkBuffers memory, int length, int crc32c) {
        this.memory = memory;
        this.length = length;
        this.crc32c = crc32c;
        this.bytes = memory.borrow();
    }

    /** Returns a copy of a chunk that has arrived completely. */
    public static ComingChunk copyOf(ChunkBuffers memory, ByteBuffer data, int crc32c) {
        ComingChunk chunk = new ComingChunk(memory, data.remaining(), crc32c);
        chunk.bytes.duplicate().put(data.duplicate());
        chunk.there = chunk.length;
        return chunk;
    }

    public int length() {
        return length;
    }

    public int crc32c() {
        return crc32c;
    }

    /**
     * Receives the chunk; returns when all of it has arrived.
     *
     * @param onBytes runs whenever some bytes have arrived
     * @throws IOException when the connection fails before that
     */
    public void receive(ServedConnection connection, Runnable onBytes) throws IOException {
        ByteBuffer room = bytes.duplicate().limit(length);
        connection.read(room, () -> {
            onBytes.run();
            came(room.position());
        });
    }

    private synchronized void came(int count) {
        if (count - there >= STEP_BYTES || count == length) {
            there = count;
            notifyAll();
        }
    }

    /** Returns all bytes, once they have arrived; they must not be changed. */
    public ByteBuffer bytes() {
        return bytes.slice(0, length);
    }

    /** Waits until more than {@code known} bytes have arrived, at most for the given time, and returns how many have. */
    public synchronized int await(int known, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; there <= known && left > 0; ) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
        return there;
    }

    /** Returns some of the bytes that have arrived; they must not be changed. */
    public ByteBuffer bytes(int from, int to) {
        return bytes.slice(from, to - from);
    }

    /** Adds a holder, which must {@link #close} the chunk. */
    public synchronized void share() {
        shares++;
    }

    /** Releases the chunk; each holder must call this once. */
    @Override
    public void close() {
        boolean last;
        synchronized (this) {
            last = --shares == 0;
        }
        if (last) {
            memory.giveBack(bytes);
        }
    }
}
