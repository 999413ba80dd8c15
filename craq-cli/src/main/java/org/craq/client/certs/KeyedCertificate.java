package org.craq.client.certs;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate with its private key.
 *
 * @param chain the certificate, then that of its issuer
 */
record KeyedCertificate(PrivateKey key, List<X509Certificate> chain) {
    KeyedCertificate {
        chain = List.copyOf(chain);
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    @Override
    public String toString() {
        return certificate().getSubjectX500Principal().toString(); // never the key
    }
}
