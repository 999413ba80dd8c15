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
 * The description of an upload and of the file that it will create. It is stored as the user metadata of an empty file.
 *
 * @param file name under which the whole file will be written
 * @param metadata the metadata that the client sent when it created the upload
 * @param length length of the whole in bytes; empty as long as the client has not stated it
 * @param conditions conditions on the file, evaluated when it is written
 * @param owner user who creates the upload, and alone may continue it; empty if security was off then
 * @param complete true if the file has been written; the same log entry has set this
 */
public record UploadPlan(
        FileName file,
        UploadMetadata metadata,
        OptionalLong length,
        UploadConditions conditions,
        String owner,
        boolean complete) {
    /** Length of the largest possible content, in bytes. */
    public static final long MAX_LENGTH = (long) Content.MAX_CHUNK_SIZE * Integer.MAX_VALUE;

    private static final String FILE = "file";
    private static final String METADATA = "metadata";
    private static final String LENGTH = "length";
    private static final String OWNER = "owner";
    private static final String COMPLETE = "complete";

    public UploadPlan {
        Objects.requireNonNull(file);
        Objects.requireNonNull(metadata);
        Objects.requireNonNull(length);
        Objects.requireNonNull(conditions);
    }

    /** Plans the upload of a file that a streamed write describes. */
    static UploadPlan of(NewFile file, long length) {
        return new UploadPlan(
                file.name(),
                UploadMetadata.of(file.labels()),
                OptionalLong.of(length),
                UploadConditions.of(file.conditions()),
                "",
                false);
    }

    /** Returns true if both plans create the same file, and agree on its length; they may state it in different words. */
    boolean sameAs(UploadPlan other, UploadId id) {
        return whole(id).equals(other.whole(id)) && length.equals(other.length);
    }

    static UploadPlan of(Map<String, String> kept) {
        String length = kept.getOrDefault(LENGTH, "");
        return new UploadPlan(
                new FileName(kept.get(FILE)),
                UploadMetadata.kept(kept.getOrDefault(METADATA, "")),
                length.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(length)),
                UploadConditions.kept(kept),
                kept.getOrDefault(OWNER, ""),
                kept.containsKey(COMPLETE));
    }

    /**
     * Checks that the file can be written according to this plan.
     *
     * @throws IllegalArgumentException with a message that states the violated rule
     */
    public void check() {
        Objects.requireNonNull(whole(new UploadId(UUID.randomUUID())));
    }

    Map<String, String> kept() {
        Map<String, String> kept = new TreeMap<>();
        kept.put(FILE, file.value());
        kept.put(METADATA, metadata.text());
        length.ifPresent(bytes -> kept.put(LENGTH, Long.toString(bytes)));
        conditions.keep(kept);
        if (!owner.isEmpty()) {
            kept.put(OWNER, owner);
        }
        if (complete) {
            kept.put(COMPLETE, "");
        }
        return kept;
    }

    /** Returns the plan as that of a user. */
    public UploadPlan ownedBy(String user) {
        return new UploadPlan(file, metadata, length, conditions, user, complete);
    }

    UploadPlan withLength(long bytes) {
        return new UploadPlan(file, metadata, OptionalLong.of(bytes), conditions, owner, complete);
    }

    UploadPlan completed() {
        return new UploadPlan(file, metadata, length, conditions, owner, true);
    }

    /**
     * Returns the description of the whole file.
     *
     * @throws IllegalArgumentException with a message that states the rule that the client's metadata or conditions violate
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
