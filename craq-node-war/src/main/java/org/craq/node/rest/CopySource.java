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
 * The headers of a PUT that copies or moves another file. Their value is the source's name, percent-encoded as in a URL, and
 * optionally {@code ?version=}.
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
     * Refuses these headers in requests that can't use them.
     *
     * @param headers returns the value of a request header, or an empty text if it is absent
     * @throws CraqException INVALID_ARGUMENT with a message that names the header
     */
    static void refuse(UnaryOperator<String> headers) {
        for (String header : List.of(COPY, MOVE)) {
            if (!headers.apply(header).isEmpty()) {
                throw new CraqException(
                        ErrorCode.INVALID_ARGUMENT,
                        header + " belongs to a PUT: a POST appends its body to the file and can't copy from another"
                                + " one");
            }
        }
    }

    /**
     * Returns the copy or move that the headers request.
     *
     * @throws IllegalArgumentException with a message that names the invalid header
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

    /** Refuses characters outside ASCII, as each server decodes such bytes in its own way. */
    static FileName name(String text) {
        if (!text.chars().allMatch(each -> each >= ' ' && each <= '~')) {
            throw new IllegalArgumentException("the name must be percent-encoded, as in a URL: write every character"
                    + " outside ASCII as its UTF-8 bytes, for example %D1%84");
        }
        return UserNames.of(UrlPath.decode(text));
    }
}
