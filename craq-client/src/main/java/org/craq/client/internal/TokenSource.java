package org.craq.client.internal;

import java.util.Optional;
import org.craq.client.AccessToken;

/** Where the token comes from that a client's calls carry. Thread-safe. */
interface TokenSource {
    /**
     * Returns the token for the next call, after getting or renewing it if need be; empty if the cluster asks for none.
     *
     * @throws org.craq.wire.CraqException UNAUTHENTICATED, or why no manager answers
     */
    Optional<AccessToken> token();

    /** Returns the newest token, without waiting for anything. */
    Optional<AccessToken> current();

    /** Learns that a server has refused a token. Returns whether {@link #token} may have another one now. */
    boolean replaces(String refused);

    /** Says where the token comes from and what can be done if it is refused; without any secret. */
    String advice();
}
