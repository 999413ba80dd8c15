package org.craq.security;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds out who a caller is, by the rights at that moment. Passwords are not accepted here, as verifying one is slow:
 * they are exchanged for a token first. Thread-safe.
 */
public final class Authenticator {
    /** User name with which a token may be sent as the password of HTTP's Basic scheme. */
    public static final String TOKEN_USER = "token";

    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";
    private static final int LONGEST_HEADER = 8192;

    /** So that they fit into the token of a redirect. */
    private static final int MOST_GROUPS = 32;

    private final Supplier<Rights> rights;
    private final Supplier<Instant> clock;
    private final Optional<Assertion.Verifier> issuer;

    /**
     * Creates it.
     *
     * @param rights the newest known
     * @param issuer verifies the tokens of an issuer outside of the cluster, if there is one
     */
    public Authenticator(Supplier<Rights> rights, Supplier<Instant> clock, Optional<Assertion.Verifier> issuer) {
        this.rights = rights;
        this.clock = clock;
        this.issuer = issuer;
    }

    /** The two parts of credentials of HTTP's Basic scheme. */
    public record NameAndSecret(String name, String secret) {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * Returns the caller that an Authorization header proves: {@code Bearer TOKEN}, {@code Basic} with an access key and
     * its secret, or {@code Basic} with the user {@value #TOKEN_USER} and a token as password.
     *
     * @throws AccessException UNAUTHENTICATED, saying what is wrong or missing
     */
    public Caller ofHeader(String header) {
        if (header.length() > LONGEST_HEADER) {
            throw AccessException.unauthenticated("the Authorization header is too long");
        }
        String lower = header.toLowerCase(Locale.ROOT);
        if (lower.startsWith(BEARER)) {
            return ofToken(header.substring(BEARER.length()).strip());
        }
        Optional<NameAndSecret> basic = basic(header);
        if (basic.isEmpty()) {
            throw AccessException.unauthenticated(
                    "the Authorization header must be 'Bearer TOKEN', or Basic with an access key and its secret");
        }
        if (basic.get().name().equals(TOKEN_USER)) {
            return ofToken(basic.get().secret());
        }
        return ofKey(basic.get());
    }

    /** Returns whether verifying an Authorization header costs more than a digest: whether it has a token. */
    public static boolean hasToken(String header) {
        return basic(header).map(given -> given.name().equals(TOKEN_USER)).orElse(true);
    }

    /** Returns the parts of an Authorization header of the Basic scheme (RFC 7617); empty if it is none. */
    public static Optional<NameAndSecret> basic(String header) {
        if (!header.toLowerCase(Locale.ROOT).startsWith(BASIC)) {
            return Optional.empty();
        }
        try {
            String pair = new String(
                    Base64.getDecoder().decode(header.substring(BASIC.length()).strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(new NameAndSecret(pair.substring(0, colon), pair.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Caller ofKey(NameAndSecret given) {
        AccessKey key = rights.get().keys().get(given.name());
        if (key == null || !key.matches(given.secret())) {
            throw AccessException.unauthenticated(
                    AccessKey.isId(given.name())
                            ? "there is no access key " + given.name() + " with this secret"
                            : "a password is accepted only for a token: POST /v1/auth/token, or craq login; then send the token");
        }
        requireUsable(key);
        return caller(key.user(), Caller.Method.ACCESS_KEY, Optional.of(key.id()));
    }

    private void requireUsable(AccessKey key) {
        if (key.expired(clock.get())) {
            throw AccessException.unauthenticated("access key " + key.id() + " has expired");
        }
    }

    /**
     * Returns the caller that a token proves. A token for one request is not accepted.
     *
     * @throws AccessException UNAUTHENTICATED, saying what is wrong
     */
    public Caller ofToken(String token) {
        if (issuer.isPresent() && !Tokens.isOwn(token)) {
            return ofAssertion(issuer.get().verify(token));
        }
        Tokens.Claims claims = claims(token);
        if (claims.request().isPresent()) {
            throw AccessException.unauthenticated("this token is for one request and belongs into its URL");
        }
        return caller(claims.user(), Caller.Method.TOKEN, claims.key());
    }

    private Caller ofAssertion(Assertion said) {
        Rights now = rights.get();
        requireIssuedSinceRevocation(now.users().get(said.user()), said.issued());
        List<String> known = said.groups().stream()
                .filter(now.users()::containsKey)
                .distinct()
                .sorted()
                .toList();
        if (known.size() > MOST_GROUPS) {
            throw AccessException.unauthenticated("user " + said.user() + " is in " + known.size()
                    + " groups that are known here, but only " + MOST_GROUPS + " can be considered");
        }
        return caller(said.user(), Caller.Method.OIDC, Optional.empty(), Optional.of(said.in(known)));
    }

    /**
     * Returns the caller whom the application server has authenticated.
     *
     * @param user name with the prefix of such users
     * @throws AccessException UNAUTHENTICATED if the name can't be one here, or the user is disabled
     */
    public Caller ofContainer(String user) {
        if (!User.isName(user) || !User.isOutside(user) || User.isGroup(user)) {
            throw AccessException.unauthenticated(
                    "the name that the application server gives this caller can't be used here: '" + user + "'");
        }
        return caller(user, Caller.Method.CONTAINER, Optional.empty());
    }

    /**
     * Returns the caller that a token for one request proves.
     *
     * @param fingerprint of the request that was sent
     * @throws AccessException UNAUTHENTICATED, saying what is wrong
     * @see Tokens#fingerprint
     */
    public Caller ofRequestToken(String token, String fingerprint) {
        Tokens.Claims claims = claims(token);
        if (!claims.request().equals(Optional.of(fingerprint))) {
            throw AccessException.unauthenticated("the URL was signed for another method, path or query");
        }
        return caller(
                claims.user(),
                Caller.Method.PRESIGNED,
                claims.key(),
                assertion(claims.user(), claims.groups(), claims.issued(), claims.expires()));
    }

    /**
     * Returns the caller that a user's certificate proves, which the TLS connection has verified.
     *
     * @throws AccessException UNAUTHENTICATED if there is no such user
     */
    public Caller ofCertificate(String user) {
        return caller(user, Caller.Method.CERTIFICATE, Optional.empty());
    }

    /**
     * Returns the caller of a session that this server has given to an authenticated user.
     *
     * @param groups as they were found when the session was given
     * @throws AccessException UNAUTHENTICATED if the user is gone, or has had its tokens revoked since
     */
    public Caller ofSession(String user, Optional<String> key, List<String> groups, Instant issued, Instant expires) {
        requireIssuedSinceRevocation(rights.get().users().get(user), issued);
        return caller(user, Caller.Method.SESSION, key, assertion(user, groups, issued, expires));
    }

    private static void requireIssuedSinceRevocation(User user, Instant issued) {
        if (user != null && issued.isBefore(user.tokensFrom())) {
            throw AccessException.unauthenticated("the tokens of user " + user.name() + " were revoked; get a new one");
        }
    }

    /** What was said of a caller when this server, or a manager, has passed it on. */
    private static Optional<Assertion> assertion(String user, List<String> groups, Instant issued, Instant expires) {
        return groups.isEmpty() ? Optional.empty() : Optional.of(new Assertion(user, groups, issued, expires));
    }

    private Tokens.Claims claims(String token) {
        Rights now = rights.get();
        Tokens.Claims claims =
                Tokens.verify(token, id -> Optional.ofNullable(now.signingKeys().get(id)));
        Instant time = clock.get();
        if (!claims.cluster().equals(now.cluster())) {
            throw AccessException.unauthenticated("the token is for another cluster");
        }
        if (!time.isBefore(claims.expires())) {
            throw AccessException.unauthenticated("the token has expired; get a new one");
        }
        User user = now.users().get(claims.user());
        if (now.revokedTokens().contains(claims.id())
                || (user == null && !User.isOutside(claims.user()))
                || (user != null && claims.issued().isBefore(user.tokensFrom()))) {
            throw AccessException.unauthenticated("the token was revoked; get a new one");
        }
        claims.key().ifPresent(id -> {
            AccessKey key = now.keys().get(id);
            if (key == null || !key.user().equals(claims.user())) {
                throw AccessException.unauthenticated("the access key of the token was deleted; get a new token");
            }
            requireUsable(key);
        });
        return claims;
    }

    private Caller caller(String name, Caller.Method method, Optional<String> key) {
        return caller(name, method, key, Optional.empty());
    }

    private Caller caller(String name, Caller.Method method, Optional<String> key, Optional<Assertion> assertion) {
        Rights now = rights.get();
        if (now.isRefused(name)) {
            throw AccessException.unauthenticated(
                    now.users().containsKey(name) ? "user " + name + " is disabled" : "there is no user " + name);
        }
        return new Caller(name, method, key, assertion, rights);
    }
}
