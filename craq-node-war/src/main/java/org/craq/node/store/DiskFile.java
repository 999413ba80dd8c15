package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** One open file of a {@link Disk}. Threads may read and write it concurrently. */
public interface DiskFile extends AutoCloseable {
    /**
     * Writes some bytes of the concatenated parts, at least one. The file may end a little after them, padded with
     * zeros. Only the appending thread may write, and only at the end of what was written before.
     *
     * @return number of bytes written; the parts' positions advance by as much
     */
    int write(long position, ByteBuffer... parts) throws IOException;

    /**
     * Reads some bytes.
     *
     * @return number of bytes read, -1 at the end of the file
     */
    int read(ByteBuffer into, long position) throws IOException;

    /**
     * Sends some bytes to a channel, if possible without copying them into this process.
     *
     * @return number of bytes sent, 0 at the end of the file
     * @throws IOException also when the target fails, or is closed meanwhile
     */
    default long transfer(long position, int count, WritableByteChannel target) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        int read = read(bytes, position);
        return read <= 0 ? 0 : target.write(bytes.flip());
    }

    /** Returns the number of bytes in the file. */
    long size() throws IOException;

    /** Cuts off everything at or after a position. */
    void truncate(long position) throws IOException;

    /**
     * On return, everything written before the call is on the disk, including the file's length. Must not be repeated
     * after a failure.
     */
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
