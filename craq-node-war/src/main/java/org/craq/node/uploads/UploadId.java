package org.craq.node.uploads;

import java.util.Objects;
import java.util.UUID;
import org.craq.core.file.FileName;
import org.craq.core.replica.WriteId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Names an upload in parts, and the store's own files that hold it. */
public record UploadId(UUID value) {
    /** All uploads' files begin with this. */
    static final String FOLDER = FileName.OWN + "uploads/";

    private static final int UUID_LENGTH = 36;

    public UploadId {
        Objects.requireNonNull(value);
    }

    /**
     * From a URL.
     *
     * @throws CraqException NOT_FOUND when nothing can have this name
     */
    public static UploadId parse(String text) {
        try {
            UploadId id = new UploadId(UUID.fromString(text));
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw unknown(text, e);
        }
        throw unknown(text, null);
    }

    private static CraqException unknown(String text, Exception cause) {
        return new CraqException(
                ErrorCode.NOT_FOUND, "there is no upload '" + text + "'; POST /v1/uploads makes one", cause);
    }

    CraqException unknown() {
        return unknown(toString(), null);
    }

    /** Whose file this is. */
    static UploadId of(FileName own) {
        int begin = FOLDER.length();
        return new UploadId(UUID.fromString(own.value().substring(begin, begin + UUID_LENGTH)));
    }

    /** Says what is uploaded; it stands before the parts in the order of names. */
    FileName plan() {
        return new FileName(prefix());
    }

    boolean isPlan(FileName own) {
        return own.equals(plan());
    }

    /** What the names of this upload's files begin with. */
    String prefix() {
        return FOLDER + value;
    }

    /** Parts are in the order of their offsets by name as well. */
    FileName part(long offset) {
        return new FileName(String.format("%s/%016x", prefix(), offset));
    }

    /** The whole file is written once, whoever puts it together and however often. */
    WriteId writeId() {
        return new WriteId(value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
