package org.craq.manager.users;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.craq.security.Caller;
import org.craq.security.Rights;
import org.craq.security.Tokens;
import org.craq.security.User;
import org.craq.security.UserRecords.Signer;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Signs tokens. The private key stays in this process's memory: each term and each day has a new one, and the public
 * half travels with the rights. Thread-safe.
 */
public final class TokenIssuer {
    /** How long a token is valid. */
    public static final Duration TOKEN = Duration.ofHours(1);
    /** How long a token is valid with which a server sends a client to another one. */
    public static final Duration REDIRECT = Duration.ofSeconds(60);
    /** How long a presigned URL may be valid. */
    public static final Duration LONGEST = Duration.ofDays(7);

    private static final Duration SIGNS = Duration.ofDays(1);

    private final String cluster;
    private volatile Optional<Own> own = Optional.empty();

    private record Own(String id, KeyPair keys, Instant since) {}

    /** Creates an issuer that can't sign before {@link #newSigner}. */
    public TokenIssuer(String cluster) {
        this.cluster = cluster;
    }

    /** A token and the end of its validity. */
    public record Issued(String token, Instant expires) {
        @Override
        public String toString() {
            return "a token until " + expires;
        }
    }

    /** Begins to sign with a new key; tokens are accepted once the key is recorded. */
    Signer newSigner(Instant now) {
        KeyPair keys = Tokens.newKeys();
        String id = UUID.randomUUID().toString();
        own = Optional.of(new Own(id, keys, now));
        return new Signer(id, keys.getPublic(), now);
    }

    boolean isDue(Instant now) {
        return own.filter(signer -> signer.since().plus(SIGNS).isBefore(now)).isPresent();
    }

    /**
     * In whose name a token is signed.
     *
     * @param tokensFrom when the user's tokens were last revoked
     * @param groups of a user from outside
     */
    private record Bearer(String user, Instant tokensFrom, Optional<String> key, List<String> groups) {
        /** Returns a user who is known, or is one from outside. */
        static Bearer of(Rights rights, String user, Optional<String> key, List<String> groups) {
            User known = rights.users().get(user);
            if (known == null && !User.isOutside(user)) {
                throw new CraqException(ErrorCode.UNAUTHENTICATED, "there is no user " + user);
            }
            return new Bearer(user, known == null ? Instant.EPOCH : known.tokensFrom(), key, groups);
        }
    }

    /** Signs a token with which its bearer may do what the user may do. */
    public Issued issue(User user, Optional<String> key) {
        return sign(new Bearer(user.name(), user.tokensFrom(), key, List.of()), TOKEN, Optional.empty());
    }

    /**
     * Signs a token for one request of a caller that a node has authenticated.
     *
     * @param groups of a user from outside
     * @param fingerprint of the request
     * @throws CraqException UNAUTHENTICATED if there is no such user
     */
    public Issued issue(Rights rights, String user, Optional<String> key, List<String> groups, String fingerprint) {
        return sign(Bearer.of(rights, user, key, groups), REDIRECT, Optional.of(fingerprint));
    }

    /**
     * Signs a token for one request of a caller that was authenticated here.
     *
     * @param fingerprint of the request
     * @param validity at most {@link #LONGEST}
     */
    public Issued issue(Caller caller, String fingerprint, Duration validity) {
        Bearer bearer = Bearer.of(caller.rights().get(), caller.user(), caller.key(), caller.groups());
        return sign(bearer, validity, Optional.of(fingerprint));
    }

    private Issued sign(Bearer bearer, Duration validity, Optional<String> request) {
        Own signer = own.orElseThrow(() -> new CraqException(
                ErrorCode.MANAGER_UNAVAILABLE, "the manager does not lead yet; repeat the request in a moment"));
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        // A token that is issued in the second of a revocation must not fall under it.
        Instant issued = now.isBefore(bearer.tokensFrom()) ? bearer.tokensFrom() : now;
        Instant expires = now.plus(validity);
        Tokens.Claims claims = new Tokens.Claims(
                cluster,
                bearer.user(),
                issued,
                expires,
                UUID.randomUUID().toString(),
                bearer.key(),
                request,
                bearer.groups());
        return new Issued(Tokens.sign(claims, signer.id(), signer.keys().getPrivate()), expires);
    }
}
