package org.craq.system.chain;

import java.io.InputStream;
import java.security.DigestInputStream;
import java.util.HexFormat;

/** A stream that computes a digest while it is read, without keeping its content. */
final class MeasuredInput extends DigestInputStream {
    MeasuredInput(InputStream source) {
        super(source, Digest.sha256());
    }

    /** Returns the SHA-256 of everything that was read; called once, at the end. */
    String digest() {
        return HexFormat.of().formatHex(getMessageDigest().digest());
    }
}
