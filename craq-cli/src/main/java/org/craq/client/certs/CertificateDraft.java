package org.craq.client.certs;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate that is not signed yet. */
final class CertificateDraft {
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 128;

    /** One extension, which verifiers must understand if it is critical. */
    private record Part(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {}

    private final Subject subject;
    private final PublicKey key;
    private final List<Part> parts = new ArrayList<>();
    private Instant from = Instant.EPOCH;
    private Instant until = Instant.EPOCH;

    CertificateDraft(Subject subject, PublicKey key) {
        this.subject = subject;
        this.key = key;
    }

    CertificateDraft valid(Instant first, Instant last) {
        from = first;
        until = last;
        return this;
    }

    CertificateDraft critical(ASN1ObjectIdentifier extension, ASN1Encodable value) {
        parts.add(new Part(extension, true, value));
        return this;
    }

    CertificateDraft with(ASN1ObjectIdentifier extension, ASN1Encodable value) {
        parts.add(new Part(extension, false, value));
        return this;
    }

    X509Certificate selfSigned(PrivateKey own) {
        try {
            return sign(subject.name(), new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(key), own);
        } catch (GeneralSecurityException e) {
            throw cannotSign(e);
        }
    }

    X509Certificate signed(X509Certificate issuer, PrivateKey issuerKey) {
        try {
            X500Name name =
                    X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded());
            return sign(
                    name, new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.getPublicKey()), issuerKey);
        } catch (GeneralSecurityException e) {
            throw cannotSign(e);
        }
    }

    private X509Certificate sign(X500Name issuer, AuthorityKeyIdentifier issuerKey, PrivateKey secret)
            throws GeneralSecurityException {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer, serial(), Date.from(from), Date.from(until), subject.name(), key);
        try {
            for (Part part : parts) {
                builder.addExtension(part.id(), part.critical(), part.value());
            }
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
            builder.addExtension(Extension.authorityKeyIdentifier, false, issuerKey);
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(secret)));
        } catch (CertIOException | OperatorCreationException e) {
            throw cannotSign(e);
        }
    }

    /** Returns a random number; RFC 5280 wants it positive. */
    private static BigInteger serial() {
        return new BigInteger(SERIAL_BITS, new SecureRandom()).max(BigInteger.ONE);
    }

    private static IllegalStateException cannotSign(Exception cause) {
        return new IllegalStateException("the certificate can't be signed: " + cause.getMessage(), cause);
    }
}
