package org.craq.client.certs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;

/** A key with its certificate as PKCS #12, which application servers want for HTTPS, and the password in another file. */
record KeyStoreFile(Path file, Path password) {
    private static final String TYPE = "PKCS12";
    private static final String ALIAS = "craq";
    private static final int PASSWORD_BYTES = 24;

    /**
     * Adds both files. A password that is there stays: a running server knows it, and can load a renewed store only if that has the
     * same.
     */
    void write(KeyedCertificate content, FileChanges changes) throws IOException {
        String secret = knownPassword();
        if (secret.isEmpty()) {
            byte[] random = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(random);
            secret = HexFormat.of().formatHex(random);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            KeyStore store = KeyStore.getInstance(TYPE);
            store.load(null, null);
            store.setKeyEntry(
                    ALIAS, content.key(), secret.toCharArray(), content.chain().toArray(X509Certificate[]::new));
            store.store(bytes, secret.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java can't write PKCS #12", e);
        }
        changes.secret(file, bytes.toByteArray());
        changes.secret(password, secret.getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns the password of before; empty if there is none. */
    private String knownPassword() throws IOException {
        return Files.exists(password) ? Files.readString(password).strip() : "";
    }

    /**
     * Returns the certificate of the first key.
     *
     * @throws IOException when the file or the password can't be read, or one does not fit the other
     */
    Optional<Certificate> certificate() throws IOException {
        char[] secret = Files.readString(password).strip().toCharArray();
        try {
            KeyStore store = KeyStore.getInstance(TYPE);
            store.load(new ByteArrayInputStream(Files.readAllBytes(file)), secret);
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getKey(alias, secret) != null) {
                    return Optional.ofNullable(store.getCertificate(alias));
                }
            }
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IOException("its key can't be read: " + e.getMessage(), e);
        }
    }
}
