package org.craq.node.store;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Appends to one file in whole blocks, bypassing the page cache. The bytes that precede the new ones in the first block
 * are rewritten unchanged, and the last block is padded with zeros, so the file may end a little after what was
 * written. Thread-safe, unless two threads write at the same position.
 */
final class DirectWriter {
    private static final Rest NO_REST = new Rest(-1, ByteBuffer.allocate(0));

    private final DirectIo io;
    private final Path path;
    private final SteadyChannel cached;
    private Optional<SteadyChannel> channel = Optional.empty();
    /** What the latest write left in its last block, so that the next write need not read it. */
    private volatile Rest rest = NO_REST;

    /** The bytes from the last block's beginning to the end of what was written. */
    private record Rest(long end, ByteBuffer bytes) {}

    /** @param cached the same file through the page cache, for what has to be read first */
    DirectWriter(DirectIo io, Path path, SteadyChannel cached) {
        this.io = io;
        this.path = path;
        this.cached = cached;
    }

    /**
     * Writes all parts, one after the other; returns false, with nothing done, when they can't be written directly.
     *
     * @param length total bytes of the parts
     */
    boolean write(long position, int length, ByteBuffer... parts) throws IOException {
        if (!io.takes(length)) {
            return false;
        }
        Optional<ByteBuffer> memory = io.borrow();
        if (memory.isEmpty()) {
            return false;
        }
        try {
            ByteBuffer blocks = memory.get();
            long start = position - position % io.block();
            begin(blocks, start, (int) (position - start));
            for (ByteBuffer part : parts) {
                blocks.put(part.duplicate());
            }
            Rest left = rest(blocks, position + length);
            while (blocks.position() % io.block() != 0) {
                blocks.put((byte) 0);
            }
            rest = NO_REST;
            write(blocks.flip(), start);
            rest = left;
            for (ByteBuffer part : parts) {
                part.position(part.limit());
            }
            return true;
        } finally {
            io.giveBack(memory.get());
        }
    }

    private Rest rest(ByteBuffer blocks, long end) {
        byte[] bytes = new byte[blocks.position() % io.block()];
        blocks.get(blocks.position() - bytes.length, bytes);
        return new Rest(end, ByteBuffer.wrap(bytes));
    }

    /** Must be called when the file is changed in any other way. */
    void forget() {
        rest = NO_REST;
    }

    /** Puts what the first block already holds into the buffer. */
    private void begin(ByteBuffer blocks, long start, int length) throws IOException {
        Rest known = rest;
        if (known.end == start + length) {
            blocks.put(known.bytes.duplicate());
            return;
        }
        blocks.limit(length);
        while (blocks.hasRemaining()) {
            if (cached.run(file -> file.read(blocks, start + blocks.position())) < 0) {
                throw new IOException(path.getFileName() + " ends before " + (start + length));
            }
        }
        blocks.limit(blocks.capacity());
    }

    private void write(ByteBuffer blocks, long start) throws IOException {
        SteadyChannel open = channel();
        while (blocks.hasRemaining()) {
            open.run(file -> file.write(blocks, start + blocks.position()));
            if (blocks.position() % io.block() != 0) {
                throw new IOException("No space left on device: a block was written in part");
            }
        }
    }

    private synchronized SteadyChannel channel() throws IOException {
        if (channel.isEmpty()) {
            FileChannel opened = FileChannel.open(path, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
            channel = Optional.of(new SteadyChannel(path, opened, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT));
        }
        return channel.get();
    }

    synchronized void close() throws IOException {
        if (channel.isPresent()) {
            channel.get().close();
        }
    }
}
