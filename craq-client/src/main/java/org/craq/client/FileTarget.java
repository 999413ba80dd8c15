package org.craq.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Where a download goes: a temporary file beside the target, which takes the target's place on {@link #commit} and
 * vanishes on {@link #close} without it. A target that exists and is no regular file (a pipe, a device) is written to
 * directly: renaming would replace it by a file. {@link #keep} has what is there survive the {@link #close}.
 */
final class FileTarget implements Closeable {
    private final Path target;
    private final Path written;
    private final FileChannel channel;
    private boolean kept;

    FileTarget(Path target, Path written, FileChannel channel) {
        this.target = target;
        this.written = written;
        this.channel = channel;
    }

    /** @throws IOException when the target can't be written, saying why; nothing has been made then */
    static FileTarget open(Path wanted) throws IOException {
        if (Files.isDirectory(wanted)) {
            throw new FileSystemException(wanted.toString(), null, "is a directory; name a file in it");
        }
        if (!takesAnyPlace(wanted)) {
            return new FileTarget(wanted, wanted, FileChannel.open(wanted, StandardOpenOption.WRITE));
        }
        Path target = place(wanted);
        Path folder = target.getParent();
        Path written = folder.resolve(".craq-" + UUID.randomUUID() + ".part");
        try {
            return new FileTarget(
                    target,
                    written,
                    FileChannel.open(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (FileSystemException e) {
            String reason = e.getReason() == null ? "permission denied" : e.getReason();
            throw (IOException) new FileSystemException(
                            wanted.toString(),
                            null,
                            "can't be written, as its folder takes no new file (" + reason + ")")
                    .initCause(e);
        }
    }

    /** False for a pipe or a device, whose bytes come one after the other. */
    static boolean takesAnyPlace(Path wanted) {
        return !Files.exists(wanted) || Files.isRegularFile(wanted);
    }

    /** Where the file is to stand in the end; its folder exists. */
    static Path place(Path wanted) throws IOException {
        Path target = resolve(wanted);
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new FileSystemException(wanted.toString(), null, "there is no folder " + folder + " to put it in");
        }
        return target;
    }

    /** A link stays a link: what it points to is replaced. What would fail at the end is found now. */
    private static Path resolve(Path wanted) throws IOException {
        try {
            Path target = wanted.toRealPath();
            if (!Files.isWritable(target)) {
                throw new FileSystemException(wanted.toString(), null, "is write-protected");
            }
            return target;
        } catch (NoSuchFileException e) {
            return wanted.toAbsolutePath();
        }
    }

    /** Writes from a place on; several may write at once, each to its own places. */
    OutputStream at(long start) {
        return new OutputStream() {
            private long position = start;

            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet});
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
                while (rest.hasRemaining()) {
                    position += channel.write(rest, position);
                }
            }
        };
    }

    OutputStream stream() {
        return java.nio.channels.Channels.newOutputStream(channel);
    }

    /** Forces what was written to disk, then puts it in the target's place. */
    void commit() throws IOException {
        if (written.equals(target)) {
            return;
        }
        channel.force(true);
        // Open, and so locked where there is a lock, until nobody finds it under its temporary name.
        Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        kept = true;
        channel.close();
    }

    /** From here on what was written stays beside the target if it can't take its place. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!kept && !written.equals(target)) {
            Files.deleteIfExists(written);
        }
    }
}
