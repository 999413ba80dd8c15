package org.craq.node.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.craq.server.OwnerOnly;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** A directory of the local file system, guarded by a lock file; its files are accessible to their owner alone. */
public final class LocalDisk implements Disk {
    private static final String LOCK = "lock";
    /** Suffix of a small file that is still being written. */
    private static final String UNFINISHED = ".new";

    private final Path directory;
    private final FileChannel lock;
    private final FileStore volume;
    private final DirectIo directIo;

    private LocalDisk(Path directory, long direct) throws IOException {
        this.directory = directory;
        OwnerOnly.createDirectory(directory);
        this.volume = Files.getFileStore(directory);
        this.lock = lock(directory);
        this.directIo = DirectIo.of(directory, direct);
    }

    /**
     * Opens a directory, which is created if missing.
     *
     * @param direct bytes of the shortest write that bypasses the page cache, if the file system supports that; 0: none
     *     does
     * @throws CraqException STORAGE_FAILED when another process uses the directory, or it can't be used at all
     */
    public static LocalDisk open(Path directory, long direct) {
        try {
            return new LocalDisk(directory, direct);
        } catch (IOException e) {
            throw new CraqException(
                    ErrorCode.STORAGE_FAILED,
                    "the chunk store in " + directory + " can't be opened: " + e
                            + "; check craq.node.data and the permissions of that directory",
                    e);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                OwnerOnly.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Another deployment in this process holds it.
        }
        channel.close();
        throw new IOException("another process holds its lock file; two nodes can't share one directory");
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            // Directories, such as that of the audit trail, are not the store's.
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(LOCK) && !name.endsWith(UNFINISHED) && !DirectIo.isProbe(name))
                    .toList();
        }
    }

    @Override
    public DiskFile create(String name) throws IOException {
        Path file = directory.resolve(name);
        FileChannel channel =
                OwnerOnly.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new LocalFile(file, channel, directIo);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        Path file = directory.resolve(name);
        return new LocalFile(file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE), directIo);
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        Path fresh = directory.resolve(name + UNFINISHED);
        try (FileChannel file = OwnerOnly.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        forceNames();
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void forceNames() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return volume.getUsableSpace();
    }

    @Override
    public long totalBytes() throws IOException {
        return volume.getTotalSpace();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
