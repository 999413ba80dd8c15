package org.craq.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * How to copy or move a file. Immutable: start from {@link #defaults()}; each {@code with} method returns a changed
 * copy.
 *
 * @param sourceVersion version of the source to copy; for a move, the version that must be the source's newest. Empty:
 *     the newest
 * @param precondition what must hold for the target
 * @param labels content type and user metadata of the new version; empty: those of the source
 * @param writeId identifies the write: sent repeatedly, it takes effect once. Empty: each call uses a fresh id
 */
public record CopyOptions(
        Optional<FileVersion> sourceVersion,
        Optional<Precondition> precondition,
        Optional<Labels> labels,
        Optional<UUID> writeId) {
    private static final CopyOptions DEFAULTS =
            new CopyOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Content type and user metadata, which are kept with a version.
     *
     * @param contentType media type; empty: none
     * @param userMetadata the user's own key-value pairs, with the limits that {@link PutOptions} states
     */
    public record Labels(String contentType, Map<String, String> userMetadata) {
        public Labels {
            userMetadata = Collections.unmodifiableMap(new LinkedHashMap<>(userMetadata));
        }
    }

    /** Copies the newest version, unconditionally, with its labels. */
    public static CopyOptions defaults() {
        return DEFAULTS;
    }

    /** Copies this version; a move requires it to be the source's newest. */
    public CopyOptions withSourceVersion(FileVersion value) {
        return new CopyOptions(Optional.of(value), precondition, labels, writeId);
    }

    /** Writes only if this version is the target's newest. */
    public CopyOptions ifVersion(FileVersion value) {
        return with(new Precondition.IfVersion(value));
    }

    /** Writes only if the target does not exist. */
    public CopyOptions ifAbsent() {
        return with(new Precondition.IfAbsent());
    }

    private CopyOptions with(Precondition value) {
        return new CopyOptions(sourceVersion, Optional.of(value), labels, writeId);
    }

    /** Gives the new version these labels instead of the source's. */
    public CopyOptions withLabels(String contentType, Map<String, String> userMetadata) {
        return new CopyOptions(
                sourceVersion, precondition, Optional.of(new Labels(contentType, userMetadata)), writeId);
    }

    /** Makes the copy repeatable across calls: see {@link CraqClient}. */
    public CopyOptions withWriteId(UUID value) {
        return new CopyOptions(sourceVersion, precondition, labels, Optional.of(value));
    }
}
