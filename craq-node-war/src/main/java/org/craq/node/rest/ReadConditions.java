package org.craq.node.rest;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.craq.core.file.Version;
import org.craq.node.files.HttpDate;
import org.craq.node.files.Preconditions;

/**
 * A reader's conditions on the version that it would get, in the order of RFC 9110 section 13.2.2. An ETag decides where there is one:
 * dates go by the clock of whichever node was the head, and to the second only.
 *
 * @param ifMatch null when there is no such header, as {@code ifNoneMatch}
 * @param ifModifiedSince milliseconds since 1970, as {@code ifUnmodifiedSince}
 */
record ReadConditions(
        String ifMatch, String ifNoneMatch, OptionalLong ifModifiedSince, OptionalLong ifUnmodifiedSince) {
    /** What to answer. */
    enum Verdict {
        SEND,
        NOT_MODIFIED,
        FAILED
    }

    private static final long SECOND = 1000;

    /**
     * What a request says, by the names of its headers; a date that lies in the future of the clock here says nothing of what the
     * reader has.
     */
    static ReadConditions of(UnaryOperator<String> headers, long nowMillis) {
        OptionalLong since = HttpDate.parse(headers.apply(HttpHeaders.IF_MODIFIED_SINCE));
        return new ReadConditions(
                headers.apply(HttpHeaders.IF_MATCH),
                headers.apply(HttpHeaders.IF_NONE_MATCH),
                since.orElse(0) > nowMillis ? OptionalLong.empty() : since,
                HttpDate.parse(headers.apply(HttpHeaders.IF_UNMODIFIED_SINCE)));
    }

    Verdict verdict(Version version, long createdAtMillis) {
        long modified = createdAtMillis / SECOND;
        if (ifMatch != null) {
            if (!Preconditions.matches(ifMatch, version)) {
                return Verdict.FAILED;
            }
        } else if (ifUnmodifiedSince.isPresent() && modified > Math.floorDiv(ifUnmodifiedSince.getAsLong(), SECOND)) {
            return Verdict.FAILED;
        }
        if (ifNoneMatch != null) {
            return Preconditions.known(ifNoneMatch, version) ? Verdict.NOT_MODIFIED : Verdict.SEND;
        }
        // Not 'earlier or equal': after a change of heads a newer version may bear an earlier time.
        boolean same = ifModifiedSince.isPresent() && modified == Math.floorDiv(ifModifiedSince.getAsLong(), SECOND);
        return same ? Verdict.NOT_MODIFIED : Verdict.SEND;
    }
}
