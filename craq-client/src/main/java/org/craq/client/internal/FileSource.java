package org.craq.client.internal;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * A local file to be stored, which is opened again for each attempt. A concurrent change is detected by the file's
 * attributes and, where these leave a doubt, by its bytes.
 */
final class FileSource implements Source, Closeable {
    private final Path path;
    private InputStream open;
    private FileState before;
    private boolean begun;

    /**
     * Opens the file.
     *
     * @throws IOException when there is no such file, or it can't be read
     */
    FileSource(Path path) throws IOException {
        this.path = path;
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "is a directory; files are stored one at a time");
        }
        open();
    }

    /** Only a regular file can be read again; a pipe or a device delivers its bytes once. */
    @Override
    public boolean repeatable() {
        return before.regular();
    }

    /** Returns the size of the file when it was opened. */
    long length() {
        return before.bytes();
    }

    @Override
    public InputStream begin() throws IOException {
        // Reuse the first stream: closing and reopening a pipe would disconnect its writer.
        if (begun) {
            close();
            open();
        }
        begun = true;
        return open;
    }

    private void open() throws IOException {
        try {
            before = FileState.of(path);
            open = Files.newInputStream(path);
        } catch (NoSuchFileException e) {
            throw (IOException) new NoSuchFileException(path.toString(), null, "no such file").initCause(e);
        }
    }

    @Override
    public void verify(long sent, int crc32c) throws IOException {
        if (!before.regular()) {
            return;
        }
        FileState after = FileState.of(path);
        boolean same = after.bytes() == sent
                && switch (before.compare(after)) {
                    case SAME -> true;
                    case UNSURE -> checksum() == crc32c;
                    case CHANGED -> false;
                };
        if (!same) {
            throw changed();
        }
    }

    /** Explains that the file has changed since it was opened. */
    FileSystemException changed() {
        return new FileSystemException(
                path.toString(),
                null,
                "changed while it was being stored; nothing was stored. Copy it first, or pipe it in");
    }

    private int checksum() throws IOException {
        CRC32C checksum = new CRC32C();
        Files.copy(path, new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
        return (int) checksum.getValue();
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }
}
