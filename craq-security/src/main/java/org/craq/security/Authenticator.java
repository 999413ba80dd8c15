package org.craq.security;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
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

    private final Supplier<Rights> rights;
    private final Supplier<Instant> clock;

    /**
     * Creates it.
     *
     * @param rights the newest known
     */
    public Authenticator(Supplier<Rights> rights, Supplier<Instant> clock) {
        this.rights = rights;
        this.clock = clock;
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
        Tokens.Claims claims = claims(token);
        if (claims.request().isPresent()) {
            throw AccessException.unauthenticated("this token is for one request and belongs into its URL");
        }
        return caller(claims.user(), Caller.Method.TOKEN, claims.key());
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
        return caller(claims.user(), Caller.Method.PRESIGNED, claims.key());
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
     * @throws AccessException UNAUTHENTICATED if the user is gone, or has had its tokens revoked since
     */
    public Caller ofSession(String user, Optional<String> key, Instant issued) {
        User known = rights.get().users().get(user);
        if (known != null && issued.isBefore(known.tokensFrom())) {
            throw AccessException.unauthenticated("the tokens of user " + user + " were revoked; get a new one");
        }
        return caller(user, Caller.Method.SESSION, key);
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
                || user == null
                || claims.issued().isBefore(user.tokensFrom())) {
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
        User user = rights.get().users().get(name);
        if (user == null || !user.enabled()) {
            throw AccessException.unauthenticated(
                    user == null ? "there is no user " + name : "user " + name + " is disabled");
        }
        return new Caller(name, method, key, rights);
    }
}
