package org.craq.node.uploads;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.craq.core.file.FileName;
import org.craq.core.replica.Condition;
import org.craq.node.files.Preconditions;

/**
 * The conditions of an upload, as the headers of the request that created it. They are evaluated when the file is written.
 *
 * @param ifMatch the header's value, empty if it is absent, like the other two
 */
public record UploadConditions(String ifMatch, String ifNoneMatch, String ifUnmodifiedSince) {
    private static final String ANY = "*";
    private static final String IF_MATCH = "if-match";
    private static final String IF_NONE_MATCH = "if-none-match";
    private static final String IF_UNMODIFIED_SINCE = "if-unmodified-since";

    public UploadConditions {
        Objects.requireNonNull(ifMatch);
        Objects.requireNonNull(ifNoneMatch);
        Objects.requireNonNull(ifUnmodifiedSince);
    }

    /**
     * Reads the conditions of a request.
     *
     * @param headers returns the value of a header with its lines joined, or null if it is absent
     * @throws IllegalArgumentException with a message that names an empty header
     */
    public static UploadConditions of(UnaryOperator<String> headers) {
        return new UploadConditions(
                said(headers, Preconditions.IF_MATCH),
                said(headers, Preconditions.IF_NONE_MATCH),
                said(headers, Preconditions.IF_UNMODIFIED_SINCE));
    }

    /** Expresses conditions of a streamed write, of which there is at most one. */
    static UploadConditions of(List<Condition> conditions) {
        String match = "";
        String noneMatch = "";
        for (Condition condition : conditions) {
            if (condition instanceof Condition.IsVersion is) {
                match = Preconditions.etag(is.version());
            } else if (condition instanceof Condition.Exists) {
                match = ANY;
            } else if (condition instanceof Condition.IsAbsent) {
                noneMatch = ANY;
            } else {
                throw new IllegalArgumentException("a streamed write can't have the condition " + condition.words());
            }
        }
        return new UploadConditions(match, noneMatch, "");
    }

    private static String said(UnaryOperator<String> headers, String name) {
        Optional<String> value = Optional.ofNullable(headers.apply(name)).map(String::strip);
        if (value.filter(String::isEmpty).isPresent()) {
            throw new IllegalArgumentException(name + " is empty; omit it, or state the condition");
        }
        return value.orElse("");
    }

    /** Restores what {@link #keep} has stored; the plan of an older build lacks headers that it did not know. */
    static UploadConditions kept(Map<String, String> kept) {
        return new UploadConditions(
                kept.getOrDefault(IF_MATCH, ""),
                kept.getOrDefault(IF_NONE_MATCH, ""),
                kept.getOrDefault(IF_UNMODIFIED_SINCE, ""));
    }

    void keep(Map<String, String> kept) {
        kept.put(IF_MATCH, ifMatch);
        kept.put(IF_NONE_MATCH, ifNoneMatch);
        if (!ifUnmodifiedSince.isEmpty()) {
            kept.put(IF_UNMODIFIED_SINCE, ifUnmodifiedSince);
        }
    }

    /** Parses the conditions for the given file; throws IllegalArgumentException that names a malformed header. */
    List<Condition> on(FileName file) {
        return Preconditions.of(file, orNull(ifMatch), orNull(ifNoneMatch), orNull(ifUnmodifiedSince));
    }

    private static String orNull(String header) {
        return header.isEmpty() ? null : header;
    }
}
