package org.craq.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What an interrupted download has left beside its target. Its name tells which version of which file it begins, so it is
 * never taken for the beginning of another; a lock keeps two downloads of the same apart.
 */
final class PartialFile {
    private static final int BLOCK_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;

    private PartialFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Opens the one for this version, without content if there was none. Empty result: it can't be made here, or another
     * download of the same is at work, or has just put it in its place.
     */
    static Optional<PartialFile> open(Path target, FileInfo version) throws IOException {
        Path path = target.resolveSibling(prefix(target, version.name()) + suffix(version));
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            // Left by an earlier download: that is what it is for.
        } catch (FileSystemException e) {
            return Optional.empty();
        }
        Object before = identity(path);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean ours = false;
        try {
            ours = locked(channel) && Files.exists(path) && Objects.equals(before, identity(path));
        } finally {
            if (!ours) {
                channel.close();
            }
        }
        return ours ? Optional.of(new PartialFile(path, channel)) : Optional.empty();
    }

    /** Deletes what downloads of other versions into this target have left; tells whether there was any. */
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

    private static boolean deleteUnlessInUse(Path other) throws IOException {
        try (FileChannel channel = FileChannel.open(other, StandardOpenOption.WRITE)) {
            return locked(channel) && Files.deleteIfExists(other);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // held by this process
        }
    }

    /** Reads what is there into the checksum, and stands behind it; what is longer than the version is thrown away. */
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
        return new FileTarget(target, path, channel);
    }

    private static String prefix(Path target, String name) {
        String what = target.getFileName() + "\0" + name;
        return ".craq-" + UUID.nameUUIDFromBytes(what.getBytes(StandardCharsets.UTF_8)) + "-";
    }

    private static String suffix(FileInfo version) {
        return version.version() + "-" + version.length() + "-" + version.crc32cHex() + ".part";
    }

    private static Object identity(Path path) throws IOException {
        return Files.exists(path)
                ? Files.readAttributes(path, BasicFileAttributes.class).fileKey()
                : null;
    }
}
