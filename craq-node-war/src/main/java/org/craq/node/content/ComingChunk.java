package org.craq.node.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.craq.wire.content.ChunkBuffers;

/**
 * A long chunk in memory outside the heap, which one thread fills as it comes while another sends on what is there already. Nobody knows
 * before its end whether it is sound. Its memory is given back when the last one who has a share in it lets go.
 */
public final class ComingChunk implements AutoCloseable {
    /** Whoever follows is told after so many bytes: few of them would not be worth the trouble. */
    private static final int STEP_BYTES = 64 << 10;

    private final ChunkBuffers memory;
    private final int length;
    private final int crc32c;
    private final ByteBuffer bytes;
    private int there;
    private int shares = 1;

    /**
     * Nothing of it is there yet.
     *
     * @param length bytes that will come, at most 1 MiB
     * @param crc32c that they are said to have
     */
    public ComingChunk(ChunkBuffers memory, int length, int crc32c) {
        this.memory = memory;
        this.length = length;
        this.crc32c = crc32c;
        this.bytes = memory.borrow();
    }

    /** A copy of a chunk that is all there. */
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
     * Returns when all has come.
     *
     * @param onBytes told whenever some have
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

    /** All bytes, once they are there; not to be changed. */
    public ByteBuffer bytes() {
        return bytes.slice(0, length);
    }

    /** How many bytes are there, as soon as these are more than so many, or after this time. */
    public synchronized int await(int known, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = millis; there <= known && left > 0; ) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
        return there;
    }

    /** Some of the bytes that are there; not to be changed. */
    public ByteBuffer bytes(int from, int to) {
        return bytes.slice(from, to - from);
    }

    /** One more will have to let go of it. */
    public synchronized void share() {
        shares++;
    }

    /** Lets go of it; for each who has a share, once. */
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
