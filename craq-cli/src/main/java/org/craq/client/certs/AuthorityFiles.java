package org.craq.client.certs;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * The files {@code ca.crt} and {@code ca.key} of a folder. While a CA is being replaced, {@code ca.crt} holds the new
 * certificate and then the old one; the key is always the one that signs.
 */
record AuthorityFiles(Path folder) {
    static final String CERTIFICATES = "ca.crt";
    static final String KEY = "ca.key";

    Path certificates() {
        return folder.resolve(CERTIFICATES);
    }

    Path key() {
        return folder.resolve(KEY);
    }

    boolean exist() {
        return Files.exists(certificates()) || Files.exists(key());
    }

    /** Returns the trusted certificates, the newest first. */
    List<X509Certificate> trusted() throws IOException {
        if (!Files.exists(certificates())) {
            throw new NoSuchFileException(
                    certificates().toString(),
                    null,
                    "does not exist; make a CA with 'craq certs init', or name its folder with --dir");
        }
        return Pem.certificates(certificates());
    }

    /** Returns the CA that signs. */
    Authority signing() throws IOException {
        List<X509Certificate> trusted = trusted();
        if (!Files.exists(key())) {
            throw new NoSuchFileException(
                    key().toString(), null, "does not exist; put the CA's key there, which has to sign");
        }
        PrivateKey secret = Pem.key(key());
        X509Certificate own = trusted.stream()
                .filter(certificate -> EcKeys.match(certificate.getPublicKey(), secret))
                .findFirst()
                .orElseThrow(() -> problem(key(), "is not the key of a certificate in " + certificates()));
        ClusterName cluster = Authority.cluster(own)
                .orElseThrow(() -> problem(certificates(), "is not a CA that 'craq certs init' has made"));
        return new Authority(cluster, own, secret);
    }

    private static FileSystemException problem(Path file, String reason) {
        return new FileSystemException(file.toString(), null, reason);
    }

    /** Adds both files, the certificates first: an interruption leaves a key that matches one of them. */
    void write(Authority authority, List<X509Certificate> stillTrusted, FileChanges changes) throws IOException {
        List<X509Certificate> all = new ArrayList<>(List.of(authority.certificate()));
        all.addAll(stillTrusted);
        changes.open(certificates(), Pem.of(all));
        changes.secret(key(), Pem.of(authority.key()));
    }
}
