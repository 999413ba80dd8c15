package org.craq.client;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a client encrypts its connections: with TLS 1.3, to servers whose certificates name their addresses. The files are PEM files as
 * {@code craq certs} writes them, and are read when the client is built.
 *
 * @param authorities certificates of the authorities that may have issued those of the servers
 * @param certificate the client's own certificate, {@code spiffe://craq/CLUSTER/user/NAME}
 * @param key the private key of that certificate, PKCS#8, accessible to its owner only
 */
public record ClientTls(Path authorities, Optional<Path> certificate, Optional<Path> key) {
    public ClientTls {
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("a certificate needs its key, and a key its certificate");
        }
    }

    /** Returns the settings of a client without a certificate of its own. */
    public static ClientTls trusting(Path authorities) {
        return new ClientTls(authorities, Optional.empty(), Optional.empty());
    }

    /** Returns these settings with a certificate and its key. */
    public ClientTls withCertificate(Path certificate, Path key) {
        return new ClientTls(authorities, Optional.of(certificate), Optional.of(key));
    }
}
