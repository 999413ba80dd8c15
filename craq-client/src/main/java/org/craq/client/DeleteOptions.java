package org.craq.client;

import java.util.Optional;
import java.util.UUID;

/**
 * How to delete a file, or one of its old versions. Immutable: start from {@link #defaults()}.
 *
 * @param writeId the same id is the same delete, however often it is sent; empty: a fresh one for each call
 * @param ifVersion delete only if the newest version is this one; not together with a version
 * @param version delete this version alone; empty: the file
 */
public record DeleteOptions(Optional<UUID> writeId, Optional<FileVersion> ifVersion, Optional<FileVersion> version) {
    public static DeleteOptions defaults() {
        return new DeleteOptions(Optional.empty(), Optional.empty(), Optional.empty());
    }

    public DeleteOptions withWriteId(UUID value) {
        return new DeleteOptions(Optional.of(value), ifVersion, version);
    }

    public DeleteOptions ifVersion(FileVersion value) {
        return new DeleteOptions(writeId, Optional.of(value), version);
    }

    /** Deletes an old version and leaves the file and its other versions as they are. The newest can't be deleted so. */
    public DeleteOptions withVersion(FileVersion value) {
        return new DeleteOptions(writeId, ifVersion, Optional.of(value));
    }
}
