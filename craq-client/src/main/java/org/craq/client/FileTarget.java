package org.craq.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
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
 *
 * <p>A symbolic link stays one: what it leads to is made or replaced. Who may read the target, may read it afterwards, and nobody
 * else may read what is temporary.
 */
final class FileTarget implements Closeable {
    private static final int MOST_LINKS = 40;

    private final Path target;
    private final Path written;
    private final FileChannel channel;
    private final FileMode mode;
    private boolean kept;

    /** @param mode what the target gets */
    FileTarget(Path target, Path written, FileChannel channel, FileMode mode) {
        this.target = target;
        this.written = written;
        this.channel = channel;
        this.mode = mode;
    }

    /** @throws IOException when the target can't be written, saying why; nothing has been made then */
    static FileTarget open(Path wanted) throws IOException {
        if (Files.isDirectory(wanted)) {
            throw new FileSystemException(wanted.toString(), null, "is a directory; name a file in it");
        }
        if (!takesAnyPlace(wanted)) {
            return new FileTarget(
                    wanted, wanted, FileChannel.open(wanted, StandardOpenOption.WRITE), FileMode.unknown());
        }
        Path target = place(wanted);
        Path written = temporary(target);
        FileChannel channel;
        try {
            channel = FileChannel.open(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileSystemException e) {
            throw (IOException) new FileSystemException(
                            wanted.toString(),
                            null,
                            "can't be written, as its folder takes no new file (" + FailureReason.why(e) + ")")
                    .initCause(e);
        }
        FileTarget file = new FileTarget(target, written, channel, FileMode.forTarget(target, written));
        boolean closed = false;
        try {
            FileMode.PRIVATE.set(written);
            closed = true;
            return file;
        } finally {
            if (!closed) {
                file.close();
            }
        }
    }

    /** A name beside a target that nobody has taken. */
    static Path temporary(Path target) {
        return target.resolveSibling(".craq-" + UUID.randomUUID() + ".part");
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

    /** What would fail at the end is found now. */
    private static Path resolve(Path wanted) throws IOException {
        try {
            Path target = wanted.toRealPath();
            if (!Files.isWritable(target)) {
                throw new FileSystemException(wanted.toString(), null, "is write-protected");
            }
            return target;
        } catch (NoSuchFileException e) {
            return followed(wanted);
        }
    }

    /** Where there is no file yet, a link may lead, maybe by others. */
    private static Path followed(Path wanted) throws IOException {
        Path path = wanted.toAbsolutePath();
        for (int i = 0; i < MOST_LINKS; i++) {
            if (!Files.isSymbolicLink(path)) {
                return path;
            }
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        throw new FileSystemLoopException(wanted.toString());
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
                try {
                    while (rest.hasRemaining()) {
                        position += channel.write(rest, position);
                    }
                } catch (IOException e) {
                    throw unwritten(e);
                }
            }
        };
    }

    /** Writes where the file's channel stands. */
    OutputStream stream() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet});
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
                try {
                    while (rest.hasRemaining()) {
                        channel.write(rest);
                    }
                } catch (IOException e) {
                    throw unwritten(e);
                }
            }
        };
    }

    private IOException unwritten(IOException cause) {
        String then = written.equals(target) ? "" : "; the file of this name is as it was before";
        return (IOException)
                new FileSystemException(target.toString(), null, "can't be written: " + FailureReason.why(cause) + then)
                        .initCause(cause);
    }

    /** Forces what was written to disk, then puts it in the target's place. */
    void commit() throws IOException {
        if (written.equals(target)) {
            return;
        }
        try {
            channel.force(true);
            mode.set(written);
            // Open, and so locked where there is a lock, until nobody finds it under its temporary name.
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unwritten(e);
        }
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
