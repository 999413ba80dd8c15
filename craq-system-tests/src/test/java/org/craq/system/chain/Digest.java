package org.craq.system.chain;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of streams: equal digests mean equal bytes. */
final class Digest {
    private Digest() {}

    /** Writes its content to a stream. */
    interface Writer {
        void writeTo(OutputStream target) throws IOException;
    }

    static String of(InputStream content) throws IOException {
        return of(content::transferTo);
    }

    static String of(byte[] content) {
        try {
            return of(new ByteArrayInputStream(content));
        } catch (IOException e) {
            throw new AssertionError("an array can be read", e);
        }
    }

    static String of(Writer content) throws IOException {
        MessageDigest digest = sha256();
        content.writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
