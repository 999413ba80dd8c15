package org.craq.node.store;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/**
 * A file channel that threads can share. When a thread is interrupted during an operation, the channel is closed for
 * all of them; this one then opens it again, so that one thread's interruption does not look like a broken disk to the
 * others.
 */
final class SteadyChannel {
    private final Path path;
    private final Set<OpenOption> again;
    private FileChannel channel;
    private boolean closed;

    /**
     * Takes over an open channel.
     *
     * @param again options to open it again
     */
    SteadyChannel(Path path, FileChannel channel, OpenOption... again) {
        this.path = path;
        this.channel = channel;
        this.again = Set.of(again);
    }

    /** An operation at an explicit position, so that it can be repeated. */
    interface Step<T> {
        T on(FileChannel channel) throws IOException;
    }

    <T> T run(Step<T> step) throws IOException {
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

    /** Forces the file. Once begun, a force is never repeated, whatever ended it. */
    void force() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            opened().force(false);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized FileChannel opened() throws IOException {
        if (!channel.isOpen() && !closed) {
            channel = FileChannel.open(path, again);
        }
        return channel;
    }

    private synchronized boolean closed() {
        return closed;
    }

    synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}
