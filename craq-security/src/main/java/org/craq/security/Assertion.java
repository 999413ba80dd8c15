package org.craq.security;

import java.time.Instant;
import java.util.List;

/**
 * What an issuer outside of the cluster says of a caller. Immutable.
 *
 * @param user name with the issuer's prefix
 * @param groups names with {@link User#GROUP}
 * @param issued when it was said
 * @param expires from when it no longer holds
 */
public record Assertion(String user, List<String> groups, Instant issued, Instant expires) {
    /**
     * Validates the names.
     *
     * @throws IllegalArgumentException stating the rule for names
     */
    public Assertion {
        User.requireName(user);
        groups = groups.stream().map(User::requireName).toList();
        if (!User.isOutside(user) || User.isGroup(user) || !groups.stream().allMatch(User::isGroup)) {
            throw new IllegalArgumentException("'" + user + "' in " + groups + " is not a user from outside");
        }
    }

    /** Returns the same with other groups. */
    Assertion in(List<String> others) {
        return new Assertion(user, others, issued, expires);
    }

    /** Verifies tokens of an issuer outside of the cluster. */
    public interface Verifier {
        /**
         * Returns what a token says.
         *
         * @throws AccessException UNAUTHENTICATED, saying what is wrong
         */
        Assertion verify(String token);
    }
}
