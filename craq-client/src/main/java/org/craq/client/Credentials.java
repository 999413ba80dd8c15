package org.craq.client;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How a client shows who it is, for clusters that ask. Immutable; {@code toString} shows no secret.
 *
 * <pre>{@code
 * Path key = Path.of("backup.key"); // one line, ID:SECRET, mode 0600
 * CraqClient.Builder builder = CraqClient.builder();
 * if (Files.exists(key)) {
 *     builder.tls(ClientTls.trusting(Path.of("ca.crt"))).credentials(Credentials.accessKeyFile(key));
 * }
 * }</pre>
 *
 * <p>An access key or a password is sent to the managers only, in exchange for a token that is valid for an hour. The
 * client gets a new one when a quarter of that time is left, and when a server refuses it.
 */
public sealed interface Credentials {
    /** The id of an access key and its secret. */
    record AccessKey(String id, String secret) implements Credentials {
        /**
         * Checks that both are there.
         *
         * @throws IllegalArgumentException if one is empty
         */
        public AccessKey {
            requireText(id, "the id of an access key");
            requireText(secret, "the secret of an access key");
        }

        @Override
        public String toString() {
            return "access key " + id;
        }
    }

    /** The name of a user and its password. */
    record Password(String user, String password) implements Credentials {
        /**
         * Checks that both are there.
         *
         * @throws IllegalArgumentException if one is empty
         */
        public Password {
            requireText(user, "the name of a user");
            requireText(password, "a password");
        }

        @Override
        public String toString() {
            return "password of user " + user;
        }
    }

    /** A token, which the client can't renew. */
    record Token(String text) implements Credentials {
        /**
         * Checks the characters.
         *
         * @throws IllegalArgumentException if it has others than visible ones of ASCII, or none
         */
        public Token {
            requireText(text, "a token");
            if (!text.chars().allMatch(each -> each > ' ' && each < 0x7f)) {
                throw new IllegalArgumentException("a token consists of letters, digits, '-', '_' and '.'");
            }
        }

        @Override
        public String toString() {
            return "a token";
        }
    }

    /** A file with one line, {@code ID:SECRET}, that only its owner may read. */
    record AccessKeyFile(Path file) implements Credentials {
        @Override
        public String toString() {
            return "access key in " + file;
        }
    }

    /** A file with a token in its only line, that only its owner may read. */
    record TokenFile(Path file) implements Credentials {
        @Override
        public String toString() {
            return "token in " + file;
        }
    }

    /**
     * Returns the credentials of a program.
     *
     * @throws IllegalArgumentException if one of the two is empty
     */
    static Credentials accessKey(String id, String secret) {
        return new AccessKey(id, secret);
    }

    /**
     * Returns the credentials of a person.
     *
     * @throws IllegalArgumentException if one of the two is empty
     */
    static Credentials password(String user, String password) {
        return new Password(user, password);
    }

    /**
     * Returns a token as credentials, such as one that {@code craq login} has got. It ends when it expires.
     *
     * @throws IllegalArgumentException if it can't be a token
     */
    static Credentials token(String text) {
        return new Token(text);
    }

    /** Returns the access key in a file, which is read again when it changes. */
    static Credentials accessKeyFile(Path file) {
        return new AccessKeyFile(Objects.requireNonNull(file));
    }

    /** Returns the token in a file, which is read again when it changes. */
    static Credentials tokenFile(Path file) {
        return new TokenFile(Objects.requireNonNull(file));
    }

    private static void requireText(String text, String what) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(what + " must not be empty");
        }
    }
}
