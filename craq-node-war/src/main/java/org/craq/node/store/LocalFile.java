package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of the machine's file system. Long writes may go past the kernel's page cache. */
final class LocalFile implements DiskFile {
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
            long at = position + written;
            written += channel.run(file -> file.write(part, at));
            if (part.hasRemaining()) {
                break;
            }
        }
        return written;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return channel.run(file -> file.read(into, position));
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
