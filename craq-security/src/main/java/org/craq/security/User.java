package org.craq.security;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A person or a program, or a group of them. Names with a colon are those of others: {@code oidc:anna} is the user that
 * an issuer of tokens calls anna, {@code group:engineers} all whom it counts among the engineers. Own names have no
 * colon, so no name from outside can be that of an own user.
 *
 * @param enabled false to refuse everything without forgetting the grants
 * @param tokensFrom tokens that were issued before are not accepted
 */
public record User(String name, boolean enabled, Instant tokensFrom, Grants grants) {
    /** What the names of groups begin with. */
    public static final String GROUP = "group:";

    private static final int LONGEST = 63;
    private static final Pattern OWN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9-]{0,15}:");
    private static final Pattern OUTSIDE = Pattern.compile(PREFIX + "[A-Za-z0-9._@:+|=~-]+");

    /**
     * Validates the name.
     *
     * @throws IllegalArgumentException stating the rule for names
     */
    public User {
        requireName(name);
    }

    /**
     * Checks the name of a user or a group: 1 to 63 letters, digits, dots, underscores and hyphens, as in certificates.
     * After a prefix that ends with a colon there may be others that issuers use.
     *
     * @throws IllegalArgumentException stating the rule
     */
    public static String requireName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "the name of a user has 1 to 63 characters: letters of ASCII, digits, '.', '_' and '-', and begins with a letter or a digit; one from outside has a prefix such as 'oidc:' or 'group:', and may also have '@', ':', '+', '|', '=' and '~' behind it");
        }
        return name;
    }

    /** Returns whether a text can be the name of a user or a group. */
    public static boolean isName(String name) {
        return name.length() <= LONGEST
                && (OWN.matcher(name).matches() || OUTSIDE.matcher(name).matches());
    }

    /** Returns whether a name belongs to a user or a group that is known elsewhere, and has no secrets here. */
    public static boolean isOutside(String name) {
        return name.indexOf(':') >= 0;
    }

    /** Returns whether a name is that of a group. */
    public static boolean isGroup(String name) {
        return name.startsWith(GROUP);
    }

    /**
     * Checks a prefix for the names of users from one source.
     *
     * @throws IllegalArgumentException stating the rule
     */
    public static String requirePrefix(String prefix) {
        if (!PREFIX.matcher(prefix).matches() || prefix.equals(GROUP)) {
            throw new IllegalArgumentException(
                    "a prefix for names from outside has up to 16 lower-case letters, digits and '-', begins with a letter and ends with a colon, such as 'oidc:'; it is not '"
                            + GROUP + "'");
        }
        return prefix;
    }
}
