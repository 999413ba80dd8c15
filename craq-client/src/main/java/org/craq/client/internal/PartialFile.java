package org.craq.client.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.craq.client.FileInfo;

/**
 * The bytes that an interrupted download has left beside its target. The name identifies the file and version that they belong to, so
 * they are never taken for the beginning of another version; a lock keeps concurrent downloads of the same version apart.
 *
 * <p>If other users may write to the folder, they could put a file of that name there. An existing file is therefore resumed only if it
 * is a regular file of the current user that nobody else can have opened; otherwise, the other user would receive the target's content,
 * or choose it.
 */
final class PartialFile {
    private static final int BLOCK_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final FileMode mode;

    private PartialFile(Path path, FileChannel channel, FileMode mode) {
        this.path = path;
        this.channel = channel;
        this.mode = mode;
    }

    /**
     * Opens the partial file of this version, which is created empty if there is none. Returns empty if it can't be
     * created here, or if another download of the same version is running or has just finished.
     */
    static Optional<PartialFile> open(Path target, FileInfo version) throws IOException {
        Path path = target.resolveSibling(prefix(target, version.name()) + suffix(version));
        Path fresh = FileTarget.temporary(target);
        try {
            Files.createFile(fresh);
        } catch (FileSystemException e) {
            return Optional.empty();
        }
        try {
            FileMode mode = FileMode.forTarget(target, fresh);
            FileOwner me = FileOwner.of(fresh);
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !me.aloneHas(path)) {
                Files.delete(path); // deletes a symbolic link itself
            }
            return locked(path, opened(path, me), mode);
        } catch (FileSystemException e) {
            return Optional.empty();
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Creates the file, or opens the user's own. */
    private static FileChannel opened(Path path, FileOwner me) throws IOException {
        try {
            return FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    FileMode.PRIVATE.whenMade(path));
        } catch (FileAlreadyExistsException e) {
            // Left by an earlier download, which is to be resumed.
        }
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        boolean ours = false;
        try {
            ours = me.aloneHas(path);
            if (!ours) {
                throw new FileSystemException(path.toString(), null, "was exchanged while it was being opened");
            }
            return channel;
        } finally {
            if (!ours) {
                channel.close();
            }
        }
    }

    private static Optional<PartialFile> locked(Path path, FileChannel channel, FileMode mode) throws IOException {
        boolean ours = false;
        try {
            ours = locked(channel) && isAt(path, channel);
        } finally {
            if (!ours) {
                channel.close();
            }
        }
        return ours ? Optional.of(new PartialFile(path, channel, mode)) : Optional.empty();
    }

    /**
     * Tells whether the open file is still the one at this path, which others may have removed or replaced in the
     * meantime. A channel does not reveal its file; but when the channel grows, only its file grows with it, and nobody
     * else can make that file grow.
     */
    private static boolean isAt(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        boolean before = hasSize(path, size);
        channel.write(ByteBuffer.allocate(1), size);
        boolean after = hasSize(path, size + 1);
        channel.truncate(size);
        return before && after;
    }

    private static boolean hasSize(Path path, long size) throws IOException {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                                .size()
                        == size;
    }

    /** Deletes what downloads of other versions into this target have left; returns whether there was anything. */
    static boolean deleteOthers(Path target, FileInfo version) throws IOException {
        String prefix = prefix(target, version.name());
        String current = prefix + suffix(version);
        boolean any = false;
        try (DirectoryStream<Path> others = Files.newDirectoryStream(target.resolveSibling(""), prefix + "*.part")) {
            for (Path other : others) {
                any |= !other.getFileName().toString().equals(current) && deleteUnlessInUse(other);
            }
        }
        return any;
    }

    /** Leaves alone anything that is not a regular file of the user: opening it might block forever. */
    private static boolean deleteUnlessInUse(Path other) throws IOException {
        if (!Files.isRegularFile(other, LinkOption.NOFOLLOW_LINKS) || !Files.isWritable(other)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(other, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            return locked(channel) && Files.deleteIfExists(other);
        } catch (FileSystemException e) {
            return false; // belongs to another user, in a folder with the sticky bit
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // locked by this process
        }
    }

    /**
     * Reads the existing bytes into the checksum and positions the channel behind them; discards them if they are more
     * than the version has. Returns their number.
     */
    long begin(FileInfo version, CRC32C checksum) throws IOException {
        if (channel.size() > version.length()) {
            channel.truncate(0);
        }
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        channel.position(0);
        while (channel.read(block) >= 0) {
            checksum.update(block.flip());
            block.clear();
        }
        return channel.position();
    }

    long size() throws IOException {
        return channel.size();
    }

    void empty() throws IOException {
        channel.truncate(0);
    }

    Path path() {
        return path;
    }

    FileTarget into(Path target) {
        return new FileTarget(target, path, channel, mode);
    }

    private static String prefix(Path target, String name) {
        String what = target.getFileName() + "\0" + name;
        return ".craq-" + UUID.nameUUIDFromBytes(what.getBytes(StandardCharsets.UTF_8)) + "-";
    }

    private static String suffix(FileInfo version) {
        return version.version() + "-" + version.length() + "-" + version.crc32cHex() + ".part";
    }
}
