package org.craq.node.store;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;

/**
 * A file's channel that threads may share. One that is interrupted in the middle closes a channel for everybody: then it is
 * opened again, so that one thread's end does not look like a broken disk to the others.
 */
final class SteadyChannel {
    private final Path path;
    private final Set<OpenOption> again;
    private FileChannel channel;
    private boolean closed;

    /**
     * Takes over an open channel.
     *
     * @param again how to open it another time
     */
    SteadyChannel(Path path, FileChannel channel, OpenOption... again) {
        this.path = path;
        this.channel = channel;
        this.again = Set.of(again);
    }

    /** What reads or writes at a place that it names, so that it may be repeated. */
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

    /** A force that was begun is not begun again, for whatever reason it ended. */
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
