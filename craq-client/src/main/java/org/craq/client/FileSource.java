package org.craq.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A file to be stored; opened anew for each attempt. A change under way is noticed by its size and time stamp. */
final class FileSource implements Source, Closeable {
    private final Path path;
    private InputStream open;
    private BasicFileAttributes before;

    /** @throws IOException when there is no such file, or it can't be read */
    FileSource(Path path) throws IOException {
        this.path = path;
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "is a directory; files are stored one at a time");
        }
        begin();
    }

    /** A pipe or a device gives its bytes only once, so only a regular file can be read again. */
    @Override
    public boolean repeatable() {
        return before.isRegularFile();
    }

    @Override
    public InputStream begin() throws IOException {
        close();
        try {
            before = attributes();
            open = Files.newInputStream(path);
        } catch (NoSuchFileException e) {
            throw (IOException) new NoSuchFileException(path.toString(), null, "no such file").initCause(e);
        }
        return open;
    }

    @Override
    public void verify(long sent) throws IOException {
        if (!before.isRegularFile()) {
            return;
        }
        BasicFileAttributes after = attributes();
        if (after.size() != sent || !after.lastModifiedTime().equals(before.lastModifiedTime())) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "changed while it was being read; nothing was stored. Copy it first, or pipe it in");
        }
    }

    private BasicFileAttributes attributes() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class);
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }
}
