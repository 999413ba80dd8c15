package org.craq.node.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of the local file system. Long writes may bypass the kernel's page cache. */
final class LocalFile implements DiskFile {
    /**
     * Longest single transfer from or to the heap: each thread permanently keeps off-heap memory for its longest one.
     */
    private static final int PIECE_BYTES = 64 << 10;

    private final SteadyChannel channel;
    private final DirectWriter direct;

    LocalFile(Path path, FileChannel opened, DirectIo directIo) {
        channel = new SteadyChannel(path, opened, StandardOpenOption.READ, StandardOpenOption.WRITE);
        direct = new DirectWriter(directIo, path, channel);
    }

    @Override
    public int write(long position, ByteBuffer... parts) throws IOException {
        int length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        if (direct.write(position, length, parts)) {
            return length;
        }
        direct.forget();
        int written = 0;
        for (ByteBuffer part : parts) {
            written += inPieces(part, position + written, FileChannel::write);
            if (part.hasRemaining()) {
                break;
            }
        }
        return written;
    }

    /** Reads or writes one piece at a position of the file. */
    private interface Transfer {
        int move(FileChannel file, ByteBuffer piece, long position) throws IOException;
    }

    /** Transfers as many bytes as possible, piece by piece; -1 at the end of the file. */
    private int inPieces(ByteBuffer bytes, long position, Transfer transfer) throws IOException {
        int moved = 0;
        while (bytes.hasRemaining()) {
            ByteBuffer piece = bytes.slice().limit(Math.min(bytes.remaining(), PIECE_BYTES));
            long at = position + moved;
            int count = channel.run(file -> transfer.move(file, piece, at));
            if (count <= 0) {
                return moved == 0 ? count : moved;
            }
            moved += count;
            bytes.position(bytes.position() + count);
        }
        return moved;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return inPieces(into, position, FileChannel::read);
    }

    @Override
    public long transfer(long position, int count, WritableByteChannel target) throws IOException {
        return channel.run(file -> {
            // ClosedChannelException does not tell which channel was closed: only this file's is worth another try.
            if (!target.isOpen()) {
                throw new EOFException("the reader's connection is closed");
            }
            return file.transferTo(position, count, target);
        });
    }

    @Override
    public long size() throws IOException {
        return channel.run(FileChannel::size);
    }

    @Override
    public void truncate(long position) throws IOException {
        direct.forget();
        channel.run(file -> file.truncate(position));
    }

    @Override
    public void force() throws IOException {
        channel.force();
    }

    @Override
    public void close() throws IOException {
        direct.close();
        channel.close();
    }
}
