package org.craq.wire.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that issues certificates for tests, valid or not. */
public final class TestCertificates {
    private final X500Name name;
    private final KeyPair pair = keys();
    private final X509CertificateHolder own;

    public TestCertificates(String name) {
        this.name = new X500Name("CN=" + name);
        this.own = sign(this.name, pair, Duration.ofDays(10), List.of(), true);
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509CertificateHolder sign(
            X500Name subject, KeyPair keys, Duration life, List<GeneralName> names, boolean authority) {
        try {
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(now.minus(Duration.ofDays(20))),
                    Date.from(now.plus(life)),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the files of a process whose certificate names 127.0.0.1 and these URIs. */
    public TlsFiles issue(Path folder, String... uris) {
        return issue(folder, Duration.ofDays(5), uris);
    }

    TlsFiles issue(Path folder, Duration life, String... uris) {
        List<GeneralName> names = new java.util.ArrayList<>();
        names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        names.add(new GeneralName(GeneralName.dNSName, "N1.example"));
        Arrays.stream(uris).forEach(uri -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
        KeyPair keys = keys();
        X509CertificateHolder certificate = sign(new X500Name("CN=leaf"), keys, life, names, false);
        try {
            Files.createDirectories(folder);
            TlsFiles files =
                    new TlsFiles(folder.resolve("node.crt"), folder.resolve("node.key"), folder.resolve("ca.crt"));
            Files.writeString(files.certificate(), pem(certificate));
            Files.deleteIfExists(files.key());
            Files.createFile(
                    files.key(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(files.key(), pem(new JcaPKCS8Generator(keys.getPrivate(), null)));
            Files.writeString(files.authorities(), pem(own));
            return files;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public String authority() {
        return pem(own);
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }
}
