package org.craq.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * How to copy or move a file. Immutable: start from {@link #defaults()}, each {@code with} method returns a changed copy.
 *
 * @param sourceVersion the source's version to copy; of a move, the one that must be its newest. Empty: the newest
 * @param precondition on the file that is written
 * @param labels content type and texts of your own of the new version; empty: those of the source
 * @param writeId the same id is the same write, however often it is sent; empty: a fresh one for each call
 */
public record CopyOptions(
        Optional<FileVersion> sourceVersion,
        Optional<Precondition> precondition,
        Optional<Labels> labels,
        Optional<UUID> writeId) {
    private static final CopyOptions DEFAULTS =
            new CopyOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * What is kept with a version beside its bytes.
     *
     * @param contentType media type; empty: none
     */
    public record Labels(String contentType, Map<String, String> userMetadata) {
        public Labels {
            userMetadata = Collections.unmodifiableMap(new LinkedHashMap<>(userMetadata));
        }
    }

    public static CopyOptions defaults() {
        return DEFAULTS;
    }

    public CopyOptions withSourceVersion(FileVersion value) {
        return new CopyOptions(Optional.of(value), precondition, labels, writeId);
    }

    /** Writes only if the target's newest version is this one. */
    public CopyOptions ifVersion(FileVersion value) {
        return with(new Precondition.IfVersion(value));
    }

    /** Writes only if there is no file of the target's name. */
    public CopyOptions ifAbsent() {
        return with(new Precondition.IfAbsent());
    }

    private CopyOptions with(Precondition value) {
        return new CopyOptions(sourceVersion, Optional.of(value), labels, writeId);
    }

    /** Gives the new version these instead of the source's. */
    public CopyOptions withLabels(String contentType, Map<String, String> userMetadata) {
        return new CopyOptions(
                sourceVersion, precondition, Optional.of(new Labels(contentType, userMetadata)), writeId);
    }

    public CopyOptions withWriteId(UUID value) {
        return new CopyOptions(sourceVersion, precondition, labels, Optional.of(value));
    }
}
