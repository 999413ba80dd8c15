package org.craq.client;

import java.util.Objects;

/**
 * One version of a file, or its deletion.
 *
 * @param file of a deletion only name, version and time have a meaning
 * @param deleted the file was deleted; there is no content
 * @param pruned retention has given up the content
 */
public record VersionInfo(FileInfo file, boolean deleted, boolean pruned) {
    public VersionInfo {
        Objects.requireNonNull(file);
    }

    /** True while the content can be read under this version. */
    public boolean readable() {
        return !deleted && !pruned;
    }
}
