package org.craq.node.rest;

import jakarta.ws.rs.HeaderParam;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.node.files.Labels;
import org.craq.node.files.Step;
import org.craq.node.files.UserNames;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * The headers of a PUT that takes its content from another file: the file's name, percent-encoded as in a URL, to copy also with {@code
 * ?version=} behind it.
 */
public class CopySource {
    private static final String COPY = "X-Craq-Copy-Source";
    private static final String MOVE = "X-Craq-Move-Source";
    private static final String VERSION = "?version=";

    @HeaderParam(COPY)
    private String copy;

    @HeaderParam(MOVE)
    private String move;

    boolean isNamed() {
        return copy != null || move != null;
    }

    /**
     * For requests that take no content from elsewhere.
     *
     * @param headers of the request; a value that is not empty is one
     * @throws CraqException INVALID_ARGUMENT, naming the header that would have to be ignored
     */
    static void refuse(UnaryOperator<String> headers) {
        for (String header : List.of(COPY, MOVE)) {
            if (!headers.apply(header).isEmpty()) {
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        header + " belongs to a PUT: a POST adds its body to the end of the file, and takes none from"
                                + " another");
            }
        }
    }

    /**
     * What is to be done.
     *
     * @throws IllegalArgumentException naming the header that is wrong
     */
    Step.Copy step(FileName target, Optional<Labels> labels, List<Condition> conditions) {
        if (copy != null && move != null) {
            throw new IllegalArgumentException("give " + COPY + " or " + MOVE + ", not both");
        }
        String header = copy == null ? MOVE : COPY;
        String value = copy == null ? move : copy;
        int end = value.indexOf(VERSION);
        try {
            return new Step.Copy(
                    name(end < 0 ? value : value.substring(0, end)),
                    end < 0 ? Optional.empty() : Optional.of(Version.parse(value.substring(end + VERSION.length()))),
                    target,
                    labels,
                    copy == null,
                    conditions);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(header + ": " + e.getMessage(), e);
        }
    }

    /** Servers make other characters of bytes that are not ASCII, each its own. */
    static FileName name(String text) {
        if (!text.chars().allMatch(each -> each >= ' ' && each <= '~')) {
            throw new IllegalArgumentException("the name must be percent-encoded, as in a URL: of every character"
                    + " outside ASCII the bytes of its UTF-8 as %D1%84");
        }
        return UserNames.of(UrlPath.decode(text));
    }
}
