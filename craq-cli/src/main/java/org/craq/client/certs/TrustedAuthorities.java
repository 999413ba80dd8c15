package org.craq.client.certs;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The CAs that are trusted, the newest first. */
record TrustedAuthorities(List<X509Certificate> certificates) {
    TrustedAuthorities {
        certificates = List.copyOf(certificates);
    }

    /** Returns true if a CA has signed a certificate itself. */
    static boolean signed(X509Certificate authority, X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            return certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * Returns the CA to which a chain leads.
     *
     * @param chain a certificate, then those of its issuers
     * @param when the time at which the CA must be valid
     */
    Optional<X509Certificate> root(List<X509Certificate> chain, Instant when) {
        Set<TrustAnchor> anchors =
                certificates.stream().map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet());
        List<X509Certificate> path =
                chain.stream().filter(each -> !certificates.contains(each)).toList();
        if (path.isEmpty()) {
            return Optional.empty();
        }
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(when));
            PKIXCertPathValidatorResult result = (PKIXCertPathValidatorResult) CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return Optional.of(result.getTrustAnchor().getTrustedCert());
        } catch (CertPathValidatorException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java can't verify certificates", e);
        }
    }
}
