package org.craq.client.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;

/**
 * Provides random access to one version of a file, regardless of concurrent writes. Content is fetched in blocks, of
 * which the last one is kept. Safe for use by several threads, one at a time.
 */
final class VersionChannel implements SeekableByteChannel {
    static final int BLOCK_BYTES = 1 << 20;

    private final Reader reader;
    private final FileInfo file;
    private final GetOptions options;
    private byte[] block = {};
    private long blockStart;
    private long position;
    private boolean open = true;

    /**
     * Opens a version.
     *
     * @param file the version to read; the version and range of the options are ignored
     */
    VersionChannel(Reader reader, FileInfo file, GetOptions options) {
        this.reader = reader;
        this.file = file;
        this.options = options.withVersion(file.version());
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        checkOpen();
        if (position >= file.length()) {
            return -1;
        }
        int total = 0;
        while (target.hasRemaining() && position < file.length()) {
            if (position < blockStart || position >= blockStart + block.length) {
                fetch();
            }
            int from = (int) (position - blockStart);
            int count = Math.min(target.remaining(), block.length - from);
            target.put(block, from, count);
            position += count;
            total += count;
        }
        return total;
    }

    private void fetch() throws IOException {
        long start = position - position % BLOCK_BYTES;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FileInfo sent = reader.get(file.name(), bytes, options.withRange(start, BLOCK_BYTES));
        WholeFile.checkSame(file, sent);
        block = bytes.toByteArray();
        blockStart = start;
    }

    @Override
    public synchronized long position() throws IOException {
        checkOpen();
        return position;
    }

    @Override
    public synchronized SeekableByteChannel position(long newPosition) throws IOException {
        checkOpen();
        if (newPosition < 0) {
            throw new IllegalArgumentException("a position must not be negative: " + newPosition);
        }
        position = newPosition;
        return this;
    }

    @Override
    public synchronized long size() throws IOException {
        checkOpen();
        return file.length();
    }

    @Override
    public int write(ByteBuffer source) {
        Objects.requireNonNull(source);
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public synchronized boolean isOpen() {
        return open;
    }

    /** Releases the block; the members hold nothing between reads. */
    @Override
    public synchronized void close() {
        open = false;
        block = new byte[0];
    }

    private void checkOpen() throws ClosedChannelException {
        if (!open) {
            throw new ClosedChannelException();
        }
    }
}
