package org.craq.cluster;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Generates passwords that nobody has to remember. */
final class Passwords {
    private static final int BYTES = 24;

    private Passwords() {}

    static String make() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
