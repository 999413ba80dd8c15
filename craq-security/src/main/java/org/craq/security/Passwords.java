package org.craq.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Hashes of passwords: PBKDF2 with HMAC-SHA-256, 600,000 rounds and 16 bytes of salt, as OWASP's password storage cheat
 * sheet asks for. Each call takes some 200 ms of processor time, so passwords are only accepted where a token is issued.
 */
public final class Passwords {
    private static final int ROUNDS = 600_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    private static final int SHORTEST = 12;
    private static final int LONGEST = 256;
    private static final String KIND = "pbkdf2-sha256";
    private static final String SEPARATOR = ":";

    private Passwords() {}

    /**
     * Returns the text to keep for a password: kind, rounds, salt and hash.
     *
     * @throws IllegalArgumentException if the password is shorter than 12 or longer than 256 characters
     */
    public static String hash(String password, SecureRandom random) {
        if (password.length() < SHORTEST || password.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a password has " + SHORTEST + " to " + LONGEST + " characters; this one has " + password.length());
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return String.join(
                SEPARATOR, KIND, Integer.toString(ROUNDS), encode(salt), encode(derive(password, salt, ROUNDS)));
    }

    /**
     * Returns whether a password is the one that was hashed. Takes the same time for any password of acceptable length.
     *
     * @param kept as returned by {@link #hash}
     */
    public static boolean matches(String password, String kept) {
        String[] parts = kept.split(SEPARATOR, -1);
        if (parts.length != 4 || !parts[0].equals(KIND)) {
            throw new IllegalArgumentException("a stored password has an unknown form");
        }
        return password.length() <= LONGEST
                && MessageDigest.isEqual(
                        decode(parts[3]), derive(password, decode(parts[2]), Integer.parseInt(parts[1])));
    }

    private static byte[] derive(String password, byte[] salt, int rounds) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, rounds, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK can't hash passwords: " + e.getMessage(), e);
        } finally {
            spec.clearPassword();
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decode(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
