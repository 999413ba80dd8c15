package org.craq.client.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Reads a local file to be sent, from its first byte on, and computes the checksum of the bytes read. Used by one
 * thread at a time.
 */
final class SourceBytes implements Closeable {
    private static final int BLOCK_BYTES = 1 << 20;

    private final Path path;
    private final long length;
    private final InputStream in;
    private final LongConsumer progress;
    private final CRC32C checksum = new CRC32C();
    private final AtomicLong position = new AtomicLong();
    private volatile IOException failure;

    /**
     * Opens the file and reads up to the offset where sending resumes.
     *
     * @param length expected length of the file; one that ends earlier has changed
     * @param progress called with the number of bytes read so far
     */
    SourceBytes(Path path, long from, long length, LongConsumer progress) throws IOException {
        this.path = path;
        this.length = length;
        this.progress = progress;
        in = Files.newInputStream(path);
        boolean there = false;
        try {
            byte[] block = new byte[BLOCK_BYTES];
            while (position() < from) {
                take(block, 0, (int) Math.min(block.length, from - position()));
            }
            there = true;
        } finally {
            if (!there) {
                in.close();
            }
        }
    }

    /** Returns the checksum of a file as it is now. */
    static int checksum(Path path, LongConsumer progress) throws IOException {
        long length = Files.size(path);
        try (SourceBytes all = new SourceBytes(path, length, length, progress)) {
            return all.checksum();
        }
    }

    long position() {
        return position.get();
    }

    /** Returns the CRC32C of all bytes before the position. */
    int checksum() {
        return (int) checksum.getValue();
    }

    /** Returns the failure of reading the file, if there was one: then sending again does not help. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Returns a stream of the next bytes, up to {@code end}; closing it has no effect. */
    InputStream upTo(long end) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int wanted) throws IOException {
                return position() == end ? -1 : take(target, offset, (int) Math.min(wanted, end - position()));
            }
        };
    }

    private int take(byte[] target, int offset, int wanted) throws IOException {
        try {
            int count = in.read(target, offset, wanted);
            if (count < 0) {
                throw new FileSystemException(
                        path.toString(),
                        null,
                        "has become shorter than " + length + " bytes while it was being stored");
            }
            checksum.update(target, offset, count);
            progress.accept(position.addAndGet(count));
            return count;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
