package org.craq.node.rest;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.craq.core.file.Version;
import org.craq.node.files.HttpDate;
import org.craq.node.files.Preconditions;

/**
 * A reader's conditions on the version that it would get, in the order of RFC 9110 section 13.2.2. ETags take precedence over dates,
 * which come from the clock of whichever node was the head and have a resolution of one second.
 *
 * @param ifMatch the header's value or null if it is absent, like {@code ifNoneMatch}
 * @param ifModifiedSince milliseconds since 1970, like {@code ifUnmodifiedSince}
 */
record ReadConditions(
        String ifMatch, String ifNoneMatch, OptionalLong ifModifiedSince, OptionalLong ifUnmodifiedSince) {
    /** How to answer the request. */
    enum Verdict {
        SEND,
        NOT_MODIFIED,
        FAILED
    }

    private static final long SECOND = 1000;

    /**
     * Reads the conditions of a request. An If-Modified-Since date in the future of the local clock is ignored (RFC 9110 section
     * 13.1.3).
     *
     * @param headers returns the value of a header, or null if it is absent
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
        // Equal, not 'earlier or equal': after a change of heads a newer version may have an earlier time.
        boolean same = ifModifiedSince.isPresent() && modified == Math.floorDiv(ifModifiedSince.getAsLong(), SECOND);
        return same ? Verdict.NOT_MODIFIED : Verdict.SEND;
    }
}
