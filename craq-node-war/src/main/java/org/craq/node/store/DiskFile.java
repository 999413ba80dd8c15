package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** One open file of a {@link Disk}. Threads may read and write it at the same time. */
public interface DiskFile extends AutoCloseable {
    /**
     * Writes some of the bytes, at least one of them, the parts one behind the other. The file may end a little behind
     * them afterwards, with zeros; only whoever appends may write, at the end of what was written before.
     *
     * @return bytes written, also taken from the parts
     */
    int write(long position, ByteBuffer... parts) throws IOException;

    /**
     * Reads some bytes.
     *
     * @return bytes read, -1 at the file's end
     */
    int read(ByteBuffer into, long position) throws IOException;

    /**
     * Sends some bytes on as they lie in the file, if possible without taking them into memory here.
     *
     * @return bytes sent, 0 at the file's end
     * @throws IOException also when the target fails, or is closed meanwhile
     */
    default long transfer(long position, int count, WritableByteChannel target) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        int read = read(bytes, position);
        return read <= 0 ? 0 : target.write(bytes.flip());
    }

    /** Bytes in the file. */
    long size() throws IOException;

    /** Cuts off what lies at or behind a position. */
    void truncate(long position) throws IOException;

    /** On return everything that was written before the call is on the disk, the length included. Must not be repeated after it failed. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
