package org.craq.client;

import java.util.Optional;
import java.util.UUID;

/**
 * How to delete a file, or one of its old versions. Immutable: start from {@link #defaults()}; each {@code with} method
 * returns a changed copy.
 *
 * @param writeId identifies the delete: sent repeatedly, it takes effect once. Empty: each call uses a fresh id
 * @param ifVersion delete only if this version is the newest; can't be combined with {@code version}
 * @param version delete only this version; empty: delete the file
 */
public record DeleteOptions(Optional<UUID> writeId, Optional<FileVersion> ifVersion, Optional<FileVersion> version) {
    /** Deletes the file, unconditionally. */
    public static DeleteOptions defaults() {
        return new DeleteOptions(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Makes the delete repeatable across calls: see {@link CraqClient}. */
    public DeleteOptions withWriteId(UUID value) {
        return new DeleteOptions(Optional.of(value), ifVersion, version);
    }

    /** Deletes only if this version is the newest. */
    public DeleteOptions ifVersion(FileVersion value) {
        return new DeleteOptions(writeId, Optional.of(value), version);
    }

    /**
     * Deletes only this old version and keeps the file and its other versions. The newest version can't be deleted in
     * this way.
     */
    public DeleteOptions withVersion(FileVersion value) {
        return new DeleteOptions(writeId, ifVersion, Optional.of(value));
    }
}
