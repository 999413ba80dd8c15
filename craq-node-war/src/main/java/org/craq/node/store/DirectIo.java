package org.craq.node.store;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.craq.core.file.Content;
import org.craq.server.OwnerOnly;

/**
 * Writes that bypass the kernel's page cache (O_DIRECT), as far as a directory's file system supports them, and a
 * bounded pool of aligned buffers for them. Without direct writes, long uploads fill the page cache faster than it is
 * written back; the force at their end then waits for all of it, and every copy costs twice the processor time.
 */
final class DirectIo {
    private static final Logger LOG = System.getLogger(DirectIo.class.getName());
    private static final String PROBE = "direct.probe";
    /** Direct writes at once; further ones go through the page cache. */
    private static final int BUFFERS = 8;
    /** The longest record: a chunk of the largest size with its header. */
    private static final int LONGEST_WRITE = Content.MAX_CHUNK_SIZE + ChunkHeader.BYTES;

    private final int block;
    private final long least;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private int made;

    private DirectIo(int block, long least) {
        this.block = block;
        this.least = least;
    }

    /**
     * Probes a directory.
     *
     * @param least bytes of the shortest direct write; 0: no write is direct
     */
    static DirectIo of(Path directory, long least) throws IOException {
        Path probe = directory.resolve(PROBE);
        long block = Files.getFileStore(directory).getBlockSize();
        if (least == 0 || block > LONGEST_WRITE) {
            return new DirectIo(0, 0);
        }
        ByteBuffer bytes = aligned((int) block, (int) block);
        try (FileChannel channel =
                OwnerOnly.open(probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT)) {
            channel.write(bytes, 0);
            return new DirectIo((int) block, least);
        } catch (IOException | UnsupportedOperationException | NoClassDefFoundError e) {
            // NoClassDefFoundError: some servers hide this part of the JDK from applications.
            LOG.log(
                    Level.INFO,
                    "{0}: writes go through the page cache, because direct writes fail: {1}",
                    directory,
                    e.getMessage());
            return new DirectIo(0, 0);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    private static ByteBuffer aligned(int block, int size) {
        return ByteBuffer.allocateDirect(size + block).alignedSlice(block).limit(size);
    }

    static boolean isProbe(String name) {
        return name.equals(PROBE);
    }

    /** Returns the unit of all direct writes, in bytes. */
    int block() {
        return block;
    }

    boolean takes(int length) {
        return block > 0 && length >= least && length <= LONGEST_WRITE;
    }

    /** Borrows an aligned buffer for one write; empty when all are in use. */
    synchronized Optional<ByteBuffer> borrow() {
        if (free.isEmpty() && made < BUFFERS) {
            made++;
            free.add(aligned(block, (LONGEST_WRITE / block + 3) * block));
        }
        return Optional.ofNullable(free.poll()).map(ByteBuffer::clear);
    }

    synchronized void giveBack(ByteBuffer buffer) {
        free.push(buffer);
    }
}
