package org.craq.server.oidc;

import java.io.IOException;
import java.time.Duration;

/** Where an issuer's public keys are: a JSON Web Key Set (RFC 7517). */
public sealed interface JwksSource permits JwksFile, JwksUrl {
    /** The largest set that is read. */
    int MOST_BYTES = 256 << 10;

    /**
     * Reads the set. May wait, for a bounded time.
     *
     * @throws IOException saying why it can't be read
     */
    byte[] read() throws IOException;

    /** Returns how often it is to be read. */
    Duration period();
}
