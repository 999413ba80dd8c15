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
 * The conditions on the file that an upload is to become, as its creation's headers said them. They are decided when the whole gets
 * its place.
 *
 * @param ifMatch empty: none, as the others
 */
public record UploadConditions(String ifMatch, String ifNoneMatch, String ifUnmodifiedSince) {
    private static final String IF_MATCH = "if-match";
    private static final String IF_NONE_MATCH = "if-none-match";
    private static final String IF_UNMODIFIED_SINCE = "if-unmodified-since";

    public UploadConditions {
        Objects.requireNonNull(ifMatch);
        Objects.requireNonNull(ifNoneMatch);
        Objects.requireNonNull(ifUnmodifiedSince);
    }

    /**
     * From a request.
     *
     * @param headers a header's value by its name, all its lines in one; null when there is none
     * @throws IllegalArgumentException naming a header that says nothing
     */
    public static UploadConditions of(UnaryOperator<String> headers) {
        return new UploadConditions(
                said(headers, Preconditions.IF_MATCH),
                said(headers, Preconditions.IF_NONE_MATCH),
                said(headers, Preconditions.IF_UNMODIFIED_SINCE));
    }

    private static String said(UnaryOperator<String> headers, String name) {
        Optional<String> value = Optional.ofNullable(headers.apply(name)).map(String::strip);
        if (value.filter(String::isEmpty).isPresent()) {
            throw new IllegalArgumentException(name + " is empty; leave it away, or say on what the upload depends");
        }
        return value.orElse("");
    }

    /** What {@link #keep} has kept; a plan from before a header was known lacks it. */
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

    /** Raises IllegalArgumentException that names the header. */
    List<Condition> on(FileName file) {
        return Preconditions.of(file, orNull(ifMatch), orNull(ifNoneMatch), orNull(ifUnmodifiedSince));
    }

    private static String orNull(String header) {
        return header.isEmpty() ? null : header;
    }
}
