package org.craq.client.certs;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** Certificates and private keys as PEM text. */
final class Pem {
    private Pem() {}

    static byte[] of(List<X509Certificate> certificates) throws IOException {
        return text(certificates);
    }

    /** Returns an unencrypted key in the form PKCS #8. */
    static byte[] of(PrivateKey key) throws IOException {
        return text(List.of(new JcaPKCS8Generator(key, null)));
    }

    private static byte[] text(List<?> objects) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object each : objects) {
                writer.writeObject(each);
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads the certificates of a file, in their order.
     *
     * @throws IOException when it can't be read or holds none
     */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        for (Object each : objects(file)) {
            if (each instanceof X509CertificateHolder certificate) {
                try {
                    found.add(converter.getCertificate(certificate));
                } catch (CertificateException e) {
                    throw damaged(file, e);
                }
            }
        }
        if (found.isEmpty()) {
            throw new FileSystemException(file.toString(), null, "holds no certificate in PEM form");
        }
        return found;
    }

    /**
     * Reads the first private key of a file.
     *
     * @throws IOException when it can't be read or holds none
     */
    static PrivateKey key(Path file) throws IOException {
        for (Object each : objects(file)) {
            if (each instanceof PrivateKeyInfo key) {
                return converted(file, key);
            }
            if (each instanceof PEMKeyPair pair) {
                return converted(file, pair.getPrivateKeyInfo());
            }
        }
        throw new FileSystemException(file.toString(), null, "holds no unencrypted private key in PEM form");
    }

    private static PrivateKey converted(Path file, PrivateKeyInfo key) throws IOException {
        try {
            return new JcaPEMKeyConverter().getPrivateKey(key);
        } catch (PEMException e) {
            throw damaged(file, e);
        }
    }

    private static List<Object> objects(Path file) throws IOException {
        List<Object> found = new ArrayList<>();
        // Any byte is a character in this set, so that a file of another kind has no PEM objects, but is no failure.
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
                PEMParser parser = new PEMParser(reader)) {
            for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
                found.add(next);
            }
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The parser throws exceptions of various types at damaged objects.
            throw damaged(file, e);
        }
        return found;
    }

    private static FileSystemException damaged(Path file, Exception cause) {
        FileSystemException damaged = new FileSystemException(file.toString(), null, "is damaged");
        damaged.initCause(cause);
        return damaged;
    }
}
