package org.craq.node.files;

import java.util.OptionalLong;
import org.craq.core.file.Version;

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

    Verdict verdict(Version version, long createdAtMillis) {
        long modified = createdAtMillis / SECOND;
        if (ifMatch != null) {
            if (!Preconditions.matches(ifMatch, version)) {
                return Verdict.FAILED;
            }
        } else if (ifUnmodifiedSince.isPresent() && modified > ifUnmodifiedSince.getAsLong() / SECOND) {
            return Verdict.FAILED;
        }
        if (ifNoneMatch != null) {
            return Preconditions.known(ifNoneMatch, version) ? Verdict.NOT_MODIFIED : Verdict.SEND;
        }
        // Not 'earlier or equal': after a change of heads a newer version may bear an earlier time.
        boolean same = ifModifiedSince.isPresent() && modified == ifModifiedSince.getAsLong() / SECOND;
        return same ? Verdict.NOT_MODIFIED : Verdict.SEND;
    }
}
