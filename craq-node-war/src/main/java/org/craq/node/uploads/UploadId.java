package org.craq.node.uploads;

import java.util.Objects;
import java.util.UUID;
import org.craq.core.file.FileName;
import org.craq.core.replica.WriteId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The id of a resumable upload, which also determines the names of the store's own files that hold the upload. */
public record UploadId(UUID value) {
    /** The names of all uploads' files begin with this. */
    static final String FOLDER = FileName.OWN + "uploads/";

    private static final int UUID_LENGTH = 36;
    /** Length of a plan's name; those of parts are longer. */
    static final int PLAN_LENGTH = FOLDER.length() + UUID_LENGTH;

    public UploadId {
        Objects.requireNonNull(value);
    }

    /**
     * Parses an id from a URL.
     *
     * @throws CraqException NOT_FOUND when the text can't be the id of an upload
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
                ErrorCode.NOT_FOUND, "there is no upload '" + text + "'; POST /v1/uploads creates one", cause);
    }

    CraqException unknown() {
        return unknown(toString(), null);
    }

    /** Returns the id of the upload to which a file belongs. */
    static UploadId of(FileName own) {
        int begin = FOLDER.length();
        return new UploadId(UUID.fromString(own.value().substring(begin, begin + UUID_LENGTH)));
    }

    /** Returns the name of the upload's plan, which sorts before those of its parts. */
    FileName plan() {
        return new FileName(prefix());
    }

    boolean isPlan(FileName own) {
        return own.equals(plan());
    }

    /** Returns the prefix of the names of this upload's files. */
    String prefix() {
        return FOLDER + value;
    }

    /** Returns the name of the part at an offset; parts sort by offset. */
    FileName part(long offset) {
        return new FileName(String.format("%s/%016x", prefix(), offset));
    }

    /** Returns the write id of the whole file; being fixed, it lets the file be written only once, even if assembled repeatedly. */
    WriteId writeId() {
        return new WriteId(value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
