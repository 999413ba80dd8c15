package org.craq.node.rest;

import jakarta.ws.rs.HeaderParam;
import java.math.BigInteger;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.craq.core.file.FileName;
import org.craq.node.files.UserNames;
import org.craq.node.uploads.UploadConditions;
import org.craq.node.uploads.UploadMetadata;
import org.craq.node.uploads.UploadPlan;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** The headers of a request that creates an upload. */
public class CreationParams {
    static final String LENGTH = "Upload-Length";
    static final String DEFER_LENGTH = "Upload-Defer-Length";
    static final String METADATA = "Upload-Metadata";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,40}");

    @HeaderParam(LENGTH)
    private String length;

    @HeaderParam(DEFER_LENGTH)
    private String deferred;

    /** One element per header line. */
    @HeaderParam(METADATA)
    private List<String> metadata;

    /**
     * Returns the plan of the upload. It is validated now rather than when all bytes have been received.
     *
     * @param inPath the file's name as encoded in the URL; empty if it is in the metadata
     * @param headers returns the value of a request header, or null if it is absent
     * @throws IllegalArgumentException with a message that states the violated rule
     */
    UploadPlan plan(String inPath, UnaryOperator<String> headers) {
        UploadMetadata told = UploadMetadata.parse(String.join(",", metadata));
        UploadPlan plan =
                new UploadPlan(fileName(inPath, told), told, wholeLength(), UploadConditions.of(headers), "", false);
        plan.check();
        return plan;
    }

    private static FileName fileName(String inPath, UploadMetadata metadata) {
        String name = inPath.isEmpty() ? metadata.fileName() : UrlPath.decode(inPath);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the file has no name: give the key 'filename' in Upload-Metadata,"
                    + " or send POST /v1/uploads/ followed by the name");
        }
        return UserNames.of(name);
    }

    private OptionalLong wholeLength() {
        if (length == null && "1".equals(deferred)) {
            return OptionalLong.empty();
        }
        if (deferred != null || length == null) {
            throw new IllegalArgumentException(
                    "an upload needs either Upload-Length, its total number of bytes, or Upload-Defer-Length: 1");
        }
        return OptionalLong.of(wholeLength(length));
    }

    /**
     * Parses the length of a whole upload, in bytes.
     *
     * @throws IllegalArgumentException when the text is not a number
     * @throws CraqException CONTENT_TOO_LARGE when the upload would be too long
     */
    static long wholeLength(String text) {
        long bytes = bytes(LENGTH, text);
        if (bytes > UploadPlan.MAX_LENGTH) {
            throw new CraqException(
                    ErrorCode.CONTENT_TOO_LARGE,
                    "an uploaded file may have at most " + UploadPlan.MAX_LENGTH + " bytes");
        }
        return bytes;
    }

    /**
     * Parses a number of bytes; one that is too large for a long is capped.
     *
     * @throws IllegalArgumentException with a message that names the header
     */
    static long bytes(String header, String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(header + " must be a number of bytes; it is '" + text + "'");
        }
        return new BigInteger(text).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }
}
