package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The directory that a chunk store has to itself: all its access to files goes through here and {@link DiskFile}. Whoever holds
 * it keeps other processes out until {@link #close}.
 *
 * <p>Durable are names after {@link #forceNames} and a file's bytes after {@link DiskFile#force}; of anything else a crash may
 * keep all, some or none. {@code toString} says where it lies, for people.
 */
public interface Disk extends AutoCloseable {
    /** Names of all files. */
    List<String> list() throws IOException;

    /**
     * A new, empty file.
     *
     * @throws IOException also when the name is taken
     */
    DiskFile create(String name) throws IOException;

    /**
     * A file that exists.
     *
     * @throws IOException also when there is none
     */
    DiskFile open(String name) throws IOException;

    /**
     * Puts a small file in the place of whatever has its name. Durable on return; a crash before leaves the former one, or none.
     */
    void replace(String name, byte[] content) throws IOException;

    /**
     * All of a small file.
     *
     * @throws IOException also when there is none
     */
    default byte[] read(String name) throws IOException {
        try (DiskFile file = open(name)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
                // Some of it at a time.
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        }
    }

    /** Idempotent. Not durable by itself: a file that comes back is found again at the next start. */
    void delete(String name) throws IOException;

    /** On return all files that were created before the call are still there after a crash. */
    void forceNames() throws IOException;

    /** Bytes that may still be written. */
    long usableBytes() throws IOException;

    /** Bytes on the whole disk. */
    long totalBytes() throws IOException;

    @Override
    void close() throws IOException;
}
