package org.craq.client;

import java.util.Optional;
import java.util.UUID;

/**
 * How to delete a file. Immutable: start from {@link #defaults()}.
 *
 * @param writeId the same id is the same delete, however often it is sent; empty: a fresh one for each call
 * @param ifVersion delete only if the newest version is this one
 */
public record DeleteOptions(Optional<UUID> writeId, Optional<FileVersion> ifVersion) {
    public static DeleteOptions defaults() {
        return new DeleteOptions(Optional.empty(), Optional.empty());
    }

    public DeleteOptions withWriteId(UUID value) {
        return new DeleteOptions(Optional.of(value), ifVersion);
    }

    public DeleteOptions ifVersion(FileVersion value) {
        return new DeleteOptions(writeId, Optional.of(value));
    }
}
