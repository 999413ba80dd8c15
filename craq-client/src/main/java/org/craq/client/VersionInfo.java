package org.craq.client;

import java.util.Objects;

/**
 * One version of a file, or its deletion.
 *
 * @param file for a deletion, only name, version and time are meaningful
 * @param deleted the file was deleted; there is no content
 * @param pruned retention has pruned the content
 */
public record VersionInfo(FileInfo file, boolean deleted, boolean pruned) {
    public VersionInfo {
        Objects.requireNonNull(file);
    }

    /** Returns true if the content can be read under this version. */
    public boolean readable() {
        return !deleted && !pruned;
    }
}
