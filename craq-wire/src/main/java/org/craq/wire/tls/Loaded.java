package org.craq.wire.tls;

import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The contents of a process's files, which fit together: the key belongs to the certificate, and one of the authorities has issued it.
 *
 * @param digest of the files' bytes, in hexadecimal digits
 */
record Loaded(
        List<X509Certificate> chain,
        PrivateKey key,
        List<X509Certificate> authorities,
        Identity identity,
        String digest) {
    private static final int MOST_BYTES = 1 << 20;

    static Loaded of(TlsFiles files) throws GeneralSecurityException, IOException {
        byte[] certificate = read(files.certificate());
        byte[] key = readKey(files.key());
        byte[] authorities = read(files.authorities());
        Loaded loaded = new Loaded(
                certificates(files.certificate(), certificate),
                key(files.key(), key),
                certificates(files.authorities(), authorities),
                identity(files.certificate(), certificate),
                digest(certificate, key, authorities));
        loaded.requireKey(files);
        loaded.requireIssuer(files);
        return loaded;
    }

    static List<X509Certificate> authorities(Path file) throws GeneralSecurityException, IOException {
        return certificates(file, read(file));
    }

    static String digest(TlsFiles files) throws GeneralSecurityException, IOException {
        return digest(read(files.certificate()), readKey(files.key()), read(files.authorities()));
    }

    private static String digest(byte[]... contents) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (byte[] content : contents) {
            digest.update(MessageDigest.getInstance("SHA-256").digest(content));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] read(Path file) throws IOException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException(file + " is larger than 1 MiB, so it is no PEM file of certificates");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        }
    }

    private static byte[] readKey(Path file) throws IOException {
        byte[] content = read(file);
        PrivateFile.require(file, "a private key");
        return content;
    }

    private static List<X509Certificate> certificates(Path file, byte[] content) throws CertificateException {
        try {
            X509Certificate[] found = CertificateUtils.getX509Certificates(new ByteArrayInputStream(content));
            if (found.length > 0) {
                return List.of(found);
            }
        } catch (CertificateException e) {
            throw new CertificateException(file + " does not contain PEM certificates: " + e.getMessage(), e);
        }
        throw new CertificateException(file + " contains no certificate");
    }

    private static Identity identity(Path file, byte[] content) throws CertificateException {
        try {
            return Identity.of(certificates(file, content).get(0));
        } catch (CertificateException e) {
            throw new CertificateException(file + ": " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file, byte[] content) throws GeneralSecurityException {
        try {
            PrivateKey key = CertificateUtils.getPrivateKey(new ByteArrayInputStream(content));
            if (key != null) {
                return key;
            }
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new GeneralSecurityException(file + " is not a private key in PKCS#8 PEM (BEGIN PRIVATE KEY)", e);
        }
        throw new GeneralSecurityException(file + " contains no private key");
    }

    private void requireKey(TlsFiles files) throws GeneralSecurityException {
        String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        byte[] probe = {1, 2, 3};
        boolean belongs;
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(probe);
            byte[] signature = signer.sign();
            signer.initVerify(chain.get(0));
            signer.update(probe);
            belongs = signer.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException(
                    "the key in " + files.key() + " does not belong to the certificate in " + files.certificate(), e);
        }
        if (!belongs) {
            throw new GeneralSecurityException(
                    "the key in " + files.key() + " does not belong to the certificate in " + files.certificate());
        }
    }

    private void requireIssuer(TlsFiles files) throws GeneralSecurityException {
        Set<TrustAnchor> anchors = authorities.stream()
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toSet());
        PKIXParameters rules = new PKIXParameters(anchors);
        rules.setRevocationEnabled(false);
        try {
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), rules);
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException(
                    files.certificate() + " was not issued by an authority in " + files.authorities()
                            + ", or is not valid now: " + e.getMessage(),
                    e);
        }
    }

    Instant expires() {
        return chain.get(0).getNotAfter().toInstant();
    }

    Instant authoritiesExpire() {
        return authorities.stream()
                .map(authority -> authority.getNotAfter().toInstant())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }
}
