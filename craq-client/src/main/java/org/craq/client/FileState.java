package org.craq.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the file system says of a file, for noticing that its content has changed between two looks.
 *
 * @param key which file it is, if the system says so: another one may have got the name
 * @param changed when the system last changed anything of it, if it says so: unlike the time of modification, nobody can set it
 * @param lookedAt when this was found out
 */
public record FileState(
        boolean regular,
        long bytes,
        FileTime modified,
        Optional<FileTime> changed,
        Optional<String> key,
        Instant lookedAt) {
    /** Of two changes within this time, file systems may give the second one the time of the first. */
    private static final Duration COARSEST_CLOCK = Duration.ofSeconds(2);

    private static final String CHANGED = "unix:ctime";

    /** What two looks say of the content. */
    public enum Comparison {
        SAME,
        /** Only its bytes can tell. */
        UNSURE,
        CHANGED
    }

    /** As it is now; a symbolic link is followed. */
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

    /** Holds a later look against this one. */
    public Comparison compare(FileState later) {
        if (bytes != later.bytes || !modified.equals(later.modified) || !key.equals(later.key)) {
            return Comparison.CHANGED;
        }
        boolean justModified = changed.orElse(modified).toInstant().isAfter(lookedAt.minus(COARSEST_CLOCK));
        return justModified || !changed.equals(later.changed) ? Comparison.UNSURE : Comparison.SAME;
    }
}
