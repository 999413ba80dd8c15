package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The directory that a chunk store has to itself: all its access to files goes through here and {@link DiskFile}. An
 * open disk keeps other processes out until {@link #close}.
 *
 * <p>File names are durable after {@link #forceNames}, and a file's bytes after {@link DiskFile#force}; of anything
 * else a crash may keep all, some or nothing. {@code toString} returns the location, for people.
 */
public interface Disk extends AutoCloseable {
    /** Returns the names of all files. */
    List<String> list() throws IOException;

    /**
     * Creates an empty file.
     *
     * @throws IOException also when the name is taken
     */
    DiskFile create(String name) throws IOException;

    /**
     * Opens an existing file.
     *
     * @throws IOException also when there is none
     */
    DiskFile open(String name) throws IOException;

    /**
     * Writes a small file, in place of any that has this name. Durable on return; a crash before that leaves the former
     * one, or none.
     */
    void replace(String name, byte[] content) throws IOException;

    /**
     * Reads a small file.
     *
     * @throws IOException also when there is none
     */
    default byte[] read(String name) throws IOException {
        try (DiskFile file = open(name)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
                // One call may read only some of the bytes.
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        }
    }

    /** Deletes a file if it exists. The deletion is not durable: a file that reappears is found at the next start. */
    void delete(String name) throws IOException;

    /** On return, all files that were created before the call survive a crash. */
    void forceNames() throws IOException;

    /** Returns how many bytes can still be written. */
    long usableBytes() throws IOException;

    /** Returns the size of the whole disk in bytes. */
    long totalBytes() throws IOException;

    @Override
    void close() throws IOException;
}
