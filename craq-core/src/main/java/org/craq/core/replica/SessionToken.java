package org.craq.core.replica;

import java.util.Objects;
import org.craq.core.chain.ChainId;
import org.craq.core.file.Version;

/**
 * The state of a chain that a session has seen. Reads that carry the token see that state or a later one on any member,
 * which gives read-your-writes and monotonic reads (Terry et al., PDIS 1994, section 3).
 */
public record SessionToken(ChainId chain, Version seen) {
    public SessionToken {
        Objects.requireNonNull(chain);
        Objects.requireNonNull(seen);
    }

    /**
     * Parses the format that {@link #toString} produces.
     *
     * @throws IllegalArgumentException when the text is not of the form "chain:epoch-seq"
     */
    public static SessionToken parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(
                    "a session token has the form chain:epoch-seq, such as c1:3-1205; this is '" + text + "'");
        }
        return new SessionToken(new ChainId(text.substring(0, colon)), Version.parse(text.substring(colon + 1)));
    }

    /**
     * Returns whichever token has seen more.
     *
     * @throws IllegalArgumentException if the tokens are of different chains
     */
    public SessionToken orLater(SessionToken other) {
        if (!chain.equals(other.chain)) {
            throw new IllegalArgumentException("session tokens of two chains: " + this + " and " + other);
        }
        return other.seen.seq().isAfter(seen.seq()) ? other : this;
    }

    @Override
    public String toString() {
        return chain + ":" + seen;
    }
}
