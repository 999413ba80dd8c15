package org.craq.client.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The attributes of a file, as the file system reports them, for detecting that its content has changed.
 *
 * @param bytes size of the file
 * @param modified time of the last modification, which programs can set
 * @param changed time of the last change of the file or its attributes, which nobody can set; empty where the system
 *     has none
 * @param key identity of the file, since another one may have taken its name; empty where the system has none
 * @param lookedAt when the attributes were read
 */
public record FileState(
        boolean regular,
        long bytes,
        FileTime modified,
        Optional<FileTime> changed,
        Optional<String> key,
        Instant lookedAt) {
    /** Two changes within this time may have the same timestamp in some file systems. */
    private static final Duration COARSEST_CLOCK = Duration.ofSeconds(2);

    private static final String CHANGED = "unix:ctime";

    /** What two states of a file say about its content. */
    public enum Comparison {
        SAME,
        /** Only the bytes can tell. */
        UNSURE,
        CHANGED
    }

    /**
     * Reads the current state of a file; symbolic links are followed.
     *
     * @throws IOException when the file does not exist or its attributes can't be read
     */
    public static FileState of(Path path) throws IOException {
        Instant now = Instant.now();
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileState(
                attributes.isRegularFile(),
                attributes.size(),
                attributes.lastModifiedTime(),
                changed(path),
                Optional.ofNullable(attributes.fileKey()).map(Object::toString),
                now);
    }

    private static Optional<FileTime> changed(Path path) throws IOException {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Optional.of((FileTime) Files.getAttribute(path, CHANGED))
                : Optional.empty();
    }

    /** Compares this state with a later one. */
    public Comparison compare(FileState later) {
        if (bytes != later.bytes || !modified.equals(later.modified) || !key.equals(later.key)) {
            return Comparison.CHANGED;
        }
        boolean justModified = changed.orElse(modified).toInstant().isAfter(lookedAt.minus(COARSEST_CLOCK));
        return justModified || !changed.equals(later.changed) ? Comparison.UNSURE : Comparison.SAME;
    }
}
