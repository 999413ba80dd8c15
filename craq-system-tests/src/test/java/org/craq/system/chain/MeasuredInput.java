package org.craq.system.chain;

import java.io.InputStream;
import java.security.DigestInputStream;
import java.util.HexFormat;

/** A stream that is digested while it is read: tells what it gave without keeping it. */
final class MeasuredInput extends DigestInputStream {
    MeasuredInput(InputStream source) {
        super(source, Digest.sha256());
    }

    /** SHA-256 of all that was read; to be asked once, at the end. */
    String digest() {
        return HexFormat.of().formatHex(getMessageDigest().digest());
    }
}
