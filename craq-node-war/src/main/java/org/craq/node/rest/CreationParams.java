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

/** What a client says of an upload when it begins one. */
public class CreationParams {
    static final String LENGTH = "Upload-Length";
    static final String DEFER_LENGTH = "Upload-Defer-Length";
    static final String METADATA = "Upload-Metadata";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,40}");

    @HeaderParam(LENGTH)
    private String length;

    @HeaderParam(DEFER_LENGTH)
    private String deferred;

    /** In as many lines as there are. */
    @HeaderParam(METADATA)
    private List<String> metadata;

    /**
     * What is to become of it.
     *
     * @param inPath the file's name as the URL has it; empty: it stands in the metadata
     * @param headers of the request; null where there is none
     * @throws IllegalArgumentException with the rule that is broken: now, not when all bytes have come
     */
    UploadPlan plan(String inPath, UnaryOperator<String> headers) {
        UploadMetadata told = UploadMetadata.parse(String.join(",", metadata));
        UploadPlan plan =
                new UploadPlan(fileName(inPath, told), told, wholeLength(), UploadConditions.of(headers), false);
        plan.check();
        return plan;
    }

    private static FileName fileName(String inPath, UploadMetadata metadata) {
        String name = inPath.isEmpty() ? metadata.fileName() : UrlPath.decode(inPath);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name the file: by the key 'filename' in Upload-Metadata,"
                    + " or by POST /v1/uploads/ and its name");
        }
        return UserNames.of(name);
    }

    private OptionalLong wholeLength() {
        if (length == null && "1".equals(deferred)) {
            return OptionalLong.empty();
        }
        if (deferred != null || length == null) {
            throw new IllegalArgumentException(
                    "an upload has either Upload-Length, its bytes in all, or Upload-Defer-Length: 1");
        }
        return OptionalLong.of(wholeLength(length));
    }

    /** Raises IllegalArgumentException, or CONTENT_TOO_LARGE. */
    static long wholeLength(String text) {
        long bytes = bytes(LENGTH, text);
        if (bytes > UploadPlan.MAX_LENGTH) {
            throw new CraqException(
                    ErrorCode.CONTENT_TOO_LARGE, "a file has at most " + UploadPlan.MAX_LENGTH + " bytes");
        }
        return bytes;
    }

    /** Of more digits than a number can hold the largest one; raises IllegalArgumentException that names the header. */
    static long bytes(String header, String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(header + " must be a number of bytes; it is '" + text + "'");
        }
        return new BigInteger(text).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }
}
