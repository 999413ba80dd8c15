package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of the machine's file system. A thread that is interrupted in the middle closes a channel for everybody: then the
 * file is opened again, so that one thread's end does not look like a broken disk to the others.
 */
final class LocalFile implements DiskFile {
    private final Path path;
    private FileChannel channel;
    private boolean closed;

    LocalFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    private interface Step<T> {
        T on(FileChannel channel) throws IOException;
    }

    /** Steps may be repeated: they read or write at a place that they name. */
    private <T> T uninterrupted(Step<T> step) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return step.on(opened());
                } catch (ClosedChannelException e) {
                    if (closed()) {
                        throw e;
                    }
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized FileChannel opened() throws IOException {
        if (!channel.isOpen() && !closed) {
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
        return channel;
    }

    private synchronized boolean closed() {
        return closed;
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
        return uninterrupted(file -> file.write(bytes, position));
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return uninterrupted(file -> file.read(into, position));
    }

    @Override
    public long size() throws IOException {
        return uninterrupted(FileChannel::size);
    }

    @Override
    public void truncate(long position) throws IOException {
        uninterrupted(file -> {
            file.truncate(position);
            return position;
        });
    }

    /** A force that was begun is not begun again, for whatever reason it ended. */
    @Override
    public void force() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            opened().force(false);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}
