package org.craq.client.certs;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** The CA of a cluster: signs the certificates of its servers and users, and no further CAs. */
record Authority(ClusterName cluster, X509Certificate certificate, PrivateKey key) {
    /** Ten years, two or three of which are leap years. */
    private static final Duration VALIDITY = Duration.ofDays(3652);
    /** Certificates begin earlier, for machines whose clocks are late. */
    private static final Duration EARLIER = Duration.ofHours(1);

    /** Returns a new CA with a new key. */
    static Authority create(ClusterName cluster, Instant now) {
        KeyPair keys = EcKeys.generate();
        // Each key has a subject of its own, so that nobody takes the old CA for the new one while both are trusted.
        Subject subject = Subject.ofAuthority(cluster);
        X509Certificate certificate = new CertificateDraft(subject, keys.getPublic())
                .valid(now.minus(EARLIER), now.plus(VALIDITY))
                .critical(Extension.basicConstraints, new BasicConstraints(0))
                .critical(Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                .with(Extension.subjectAlternativeName, uri(cluster.uri()))
                .selfSigned(keys.getPrivate());
        return new Authority(cluster, certificate, keys.getPrivate());
    }

    /** Returns the cluster that a CA's certificate names; empty if it is not a CA of a cluster. */
    static Optional<ClusterName> cluster(X509Certificate certificate) {
        List<String> uris = AlternativeNames.of(certificate).uris();
        return uris.size() == 1 ? ClusterName.ofUri(uris.get(0)) : Optional.empty();
    }

    /** Returns a certificate with a new key, valid for as long as the role says, but not longer than the CA. */
    KeyedCertificate issue(Holder holder, Instant now) {
        Identity identity = new Identity(cluster, holder.role(), holder.name());
        KeyPair keys = EcKeys.generate();
        Instant end = now.plus(holder.role().validity());
        Instant authorityEnd = certificate.getNotAfter().toInstant();
        X509Certificate issued = new CertificateDraft(Subject.of(identity), keys.getPublic())
                .valid(now.minus(EARLIER), end.isBefore(authorityEnd) ? end : authorityEnd)
                .critical(Extension.basicConstraints, new BasicConstraints(false))
                .critical(Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature))
                .with(
                        Extension.extendedKeyUsage,
                        new ExtendedKeyUsage(holder.role().purposes().toArray(KeyPurposeId[]::new)))
                .with(Extension.subjectAlternativeName, names(identity, holder.hosts()))
                .signed(certificate, key);
        return new KeyedCertificate(keys.getPrivate(), List.of(issued, certificate));
    }

    private static GeneralNames uri(String uri) {
        return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    private static GeneralNames names(Identity identity, List<Host> hosts) {
        GeneralName[] names = new GeneralName[1 + hosts.size()];
        names[0] = new GeneralName(GeneralName.uniformResourceIdentifier, identity.uri());
        for (int i = 0; i < hosts.size(); i++) {
            Host host = hosts.get(i);
            names[1 + i] = new GeneralName(host.address() ? GeneralName.iPAddress : GeneralName.dNSName, host.text());
        }
        return new GeneralNames(names);
    }

    @Override
    public String toString() {
        return certificate.getSubjectX500Principal().toString(); // never the key
    }
}
