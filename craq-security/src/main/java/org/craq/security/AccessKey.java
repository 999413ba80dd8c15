package org.craq.security;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A key with which a program proves that it acts for a user: a public id and a secret of 256 random bits. Only the
 * SHA-256 of the secret is kept: a slow hash would only help against guessing, and 256 bits cannot be guessed.
 *
 * @param id begins with {@code CK}
 * @param secretHash 64 hexadecimal digits
 * @param expires not accepted from then on; empty if it does not expire
 * @param limits what the key may do at most, besides what its user may do; empty for no limit
 */
public record AccessKey(String id, String user, String secretHash, Optional<Instant> expires, Optional<Grants> limits) {
    private static final Pattern ID = Pattern.compile("CK[A-Z2-7]{18}");
    private static final int ID_LETTERS = 18;
    private static final int SECRET_BYTES = 32;
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /** A new key with its secret, which is shown once and then known to its owner only. */
    public record Created(AccessKey key, String secret) {
        @Override
        public String toString() {
            return "key " + key.id();
        }
    }

    /** Creates a key with a new id and secret. */
    public static Created create(String user, Optional<Instant> expires, Optional<Grants> limits, SecureRandom random) {
        StringBuilder id = new StringBuilder("CK");
        for (int i = 0; i < ID_LETTERS; i++) {
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        return new Created(new AccessKey(id.toString(), user, hash(text), expires, limits), text);
    }

    /** Returns whether a text has the form of a key's id; no user's name can be taken for one. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Returns the hash of a secret, as it is kept. */
    public static String hash(String secret) {
        return HexFormat.of().formatHex(Digests.sha256(secret));
    }

    /** Returns whether this is the secret of the key. */
    public boolean matches(String secret) {
        return MessageDigest.isEqual(HexFormat.of().parseHex(secretHash), Digests.sha256(secret));
    }

    /** Returns whether the key has expired. */
    public boolean expired(Instant now) {
        return expires.filter(end -> !now.isBefore(end)).isPresent();
    }
}
