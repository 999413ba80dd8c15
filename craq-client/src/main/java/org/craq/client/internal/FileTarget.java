package org.craq.client.internal;

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
import org.craq.client.FailureReason;

/**
 * The destination of a download: a temporary file beside the target, which replaces the target on {@link #commit} and is deleted by a
 * {@link #close} without one. After {@link #keep}, the temporary file survives the {@link #close}. A target that exists and is not a
 * regular file (a pipe, a device) is written to directly, since renaming would replace it by a file.
 *
 * <p>A symbolic link is kept: the file that it leads to is created or replaced. The target keeps its permissions; the temporary file is
 * accessible to its owner only.
 */
final class FileTarget implements Closeable {
    private static final int MOST_LINKS = 40;

    private final Path target;
    private final Path written;
    private final FileChannel channel;
    private final FileMode mode;
    private boolean kept;

    /**
     * Wraps an open file.
     *
     * @param mode permissions that the target gets
     */
    FileTarget(Path target, Path written, FileChannel channel, FileMode mode) {
        this.target = target;
        this.written = written;
        this.channel = channel;
        this.mode = mode;
    }

    /**
     * Opens the destination.
     *
     * @throws IOException when the target can't be written, with the reason; nothing has been created then
     */
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
                            "can't be written, because no file can be created in its folder (" + FailureReason.why(e)
                                    + ")")
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

    /** Returns an unused name beside the target. */
    static Path temporary(Path target) {
        return target.resolveSibling(".craq-" + UUID.randomUUID() + ".part");
    }

    /** Returns true if the target supports writes at any position; a pipe or a device does not. */
    static boolean takesAnyPlace(Path wanted) {
        return !Files.exists(wanted) || Files.isRegularFile(wanted);
    }

    /** Returns the final path of the file, with symbolic links resolved; its folder exists. */
    static Path place(Path wanted) throws IOException {
        Path target = resolve(wanted);
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new FileSystemException(wanted.toString(), null, "there is no folder " + folder + " to put it in");
        }
        return target;
    }

    /** Resolves the path, and detects early what would make the final rename fail. */
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

    /** Follows symbolic links, possibly several, that lead to a file that does not exist yet. */
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

    /** Returns a stream that writes from a position on; several may be used at once, each for a range of its own. */
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

    /** Returns a stream that writes at the current position of the file's channel. */
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

    /** Forces the written bytes to disk, then moves the file to its target. */
    void commit() throws IOException {
        if (written.equals(target)) {
            return;
        }
        try {
            channel.force(true);
            mode.set(written);
            // Keep it open, and thereby locked where there is a lock, until it no longer has its temporary name.
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unwritten(e);
        }
        kept = true;
        channel.close();
    }

    /** Keeps the temporary file on {@link #close}, even if it does not become the target. */
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
