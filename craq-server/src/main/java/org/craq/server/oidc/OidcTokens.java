package org.craq.server.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.security.AccessException;
import org.craq.security.Assertion;
import org.craq.security.User;
import org.craq.server.Settings;
import org.craq.server.StrictJson;

/**
 * Verifies tokens of the issuer that is configured: JSON Web Tokens (RFC 7519), with the rules of RFC 8725. The algorithm
 * is one of a few asymmetric ones, keys come from the issuer only, and a token must be meant for this cluster.
 * Thread-safe.
 */
public final class OidcTokens implements Assertion.Verifier {
    private static final int LONGEST = 8192;
    private static final int PARTS = 3;
    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);
    private static final String ISSUED = "iat";

    private final OidcSettings settings;
    private final IssuerKeys keys;
    private final Supplier<Instant> clock;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /** Returns what verifies the tokens of the issuer that the settings name; empty if they name none. */
    public static Optional<OidcTokens> read(Settings settings, String cluster) {
        return OidcSettings.read(settings, cluster)
                .map(found -> new OidcTokens(found, new IssuerKeys(found.keys(), System::nanoTime), Instant::now));
    }

    /** Creates it. */
    public OidcTokens(OidcSettings settings, IssuerKeys keys, Supplier<Instant> clock) {
        this.settings = settings;
        this.keys = keys;
        this.clock = clock;
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        DefaultJWTClaimsVerifier<SecurityContext> rules =
                new DefaultJWTClaimsVerifier<>(
                        settings.audience(),
                        new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
                        Set.of("exp", ISSUED)) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.get());
                    }
                };
        rules.setMaxClockSkew((int) SKEW.toSeconds());
        processor.setJWTClaimsSetVerifier(rules);
    }

    /** Returns the keys that tokens are verified with. */
    public IssuerKeys keys() {
        return keys;
    }

    @Override
    public Assertion verify(String token) {
        if (token.length() > LONGEST) {
            throw refused("it is longer than " + LONGEST + " characters");
        }
        requireUnambiguous(token);
        try {
            SignedJWT signed = SignedJWT.parse(token);
            JWSAlgorithm algorithm = signed.getHeader().getAlgorithm();
            if (!ALGORITHMS.contains(algorithm)) {
                throw refused("its algorithm is " + algorithm + ", but must be one of "
                        + ALGORITHMS.stream()
                                .map(JWSAlgorithm::getName)
                                .sorted()
                                .collect(Collectors.joining(", ")));
            }
            return assertion(processor.process(signed, null));
        } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
    }

    /** Of two claims of the same name other programs may read the one, and this one the other. */
    private static void requireUnambiguous(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != PARTS) {
            throw AccessException.unauthenticated("this is not a token");
        }
        try {
            StrictJson.object(Base64.getUrlDecoder().decode(parts[0]));
            StrictJson.object(Base64.getUrlDecoder().decode(parts[1]));
        } catch (IllegalArgumentException e) {
            throw AccessException.unauthenticated(
                    "this is not a token: header and claims must be JSON objects without duplicate names");
        }
    }

    private Assertion assertion(JWTClaimsSet claims) {
        Instant now = clock.get();
        Instant issued = claims.getIssueTime().toInstant();
        Instant expires = claims.getExpirationTime().toInstant();
        if (!now.isBefore(expires)) {
            throw refused("it has expired; get a new one");
        }
        if (issued.isAfter(now.plus(SKEW))) {
            throw refused("it was issued in the future; compare the clocks of this server and of the issuer");
        }
        return new Assertion(user(claims), groups(claims), issued, expires);
    }

    private String user(JWTClaimsSet claims) {
        if (!(claims.getClaim(settings.userClaim()) instanceof String name) || name.isEmpty()) {
            throw refused("it has no claim '" + settings.userClaim() + "' that names a user");
        }
        return User.requireName(settings.userPrefix() + name);
    }

    /** Groups whose names are not possible here can't have grants. */
    private List<String> groups(JWTClaimsSet claims) {
        Object claim = claims.getClaim(settings.groupsClaim());
        Stream<?> names = claim instanceof Collection<?> all ? all.stream() : Stream.of(claim);
        return names.filter(String.class::isInstance)
                .map(name -> User.GROUP + name)
                .filter(User::isName)
                .toList();
    }

    private AccessException refused(String why) {
        return AccessException.unauthenticated("the token is refused; this server accepts its own and those of "
                + settings.issuer() + " for the audience " + settings.audience() + ": " + why);
    }
}
