package org.craq.security;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A person or a program.
 *
 * @param enabled false to refuse everything without forgetting the grants
 * @param tokensFrom tokens that were issued before are not accepted
 */
public record User(String name, boolean enabled, Instant tokensFrom, Grants grants) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /**
     * Validates the name.
     *
     * @throws IllegalArgumentException stating the rule for names
     */
    public User {
        requireName(name);
    }

    /**
     * Checks the name of a user: 1 to 63 letters, digits, dots, underscores and hyphens, as in certificates.
     *
     * @throws IllegalArgumentException stating the rule
     */
    public static String requireName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "the name of a user has 1 to 63 characters: letters of ASCII, digits, '.', '_' and '-', and begins with a letter or a digit");
        }
        return name;
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }
}
