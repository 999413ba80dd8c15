package org.craq.node.uploads;

import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.node.files.Labels;
import org.craq.node.files.NewFile;

/**
 * What is to become of an upload. It is kept as the user metadata of a file without bytes.
 *
 * @param file under which the whole will be found
 * @param metadata of the creation, as the client sent them
 * @param length of the whole; empty as long as the client does not know it
 * @param conditions on the file, decided when the whole gets its place
 * @param complete the file has been written, by the same entry of the log that wrote this
 */
public record UploadPlan(
        FileName file, UploadMetadata metadata, OptionalLong length, UploadConditions conditions, boolean complete) {
    /** What the largest content has. */
    public static final long MAX_LENGTH = (long) Content.MAX_CHUNK_SIZE * Integer.MAX_VALUE;

    private static final String FILE = "file";
    private static final String METADATA = "metadata";
    private static final String LENGTH = "length";
    private static final String COMPLETE = "complete";

    public UploadPlan {
        Objects.requireNonNull(file);
        Objects.requireNonNull(metadata);
        Objects.requireNonNull(length);
        Objects.requireNonNull(conditions);
    }

    static UploadPlan of(Map<String, String> kept) {
        String length = kept.getOrDefault(LENGTH, "");
        return new UploadPlan(
                new FileName(kept.get(FILE)),
                UploadMetadata.kept(kept.getOrDefault(METADATA, "")),
                length.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(length)),
                UploadConditions.kept(kept),
                kept.containsKey(COMPLETE));
    }

    /** Raises IllegalArgumentException when the file could not be written like this. */
    public void check() {
        Objects.requireNonNull(whole(new UploadId(UUID.randomUUID())));
    }

    Map<String, String> kept() {
        Map<String, String> kept = new TreeMap<>();
        kept.put(FILE, file.value());
        kept.put(METADATA, metadata.text());
        length.ifPresent(bytes -> kept.put(LENGTH, Long.toString(bytes)));
        conditions.keep(kept);
        if (complete) {
            kept.put(COMPLETE, "");
        }
        return kept;
    }

    UploadPlan withLength(long bytes) {
        return new UploadPlan(file, metadata, OptionalLong.of(bytes), conditions, complete);
    }

    UploadPlan completed() {
        return new UploadPlan(file, metadata, length, conditions, true);
    }

    /**
     * The whole file.
     *
     * @throws IllegalArgumentException with the rule that the client's metadata or conditions break
     */
    NewFile whole(UploadId id) {
        return new NewFile(
                file,
                id.writeId(),
                new Labels(metadata.contentType(), metadata.userMetadata()),
                Content.MAX_CHUNK_SIZE,
                conditions.on(file));
    }
}
