package org.craq.server.oidc;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.craq.security.User;
import org.craq.server.Settings;
import org.craq.wire.Loopback;

/**
 * The issuer whose tokens this server accepts.
 *
 * @param issuer as tokens state it
 * @param audience one of those that tokens must state
 * @param keys where its public keys are
 * @param userClaim the claim with the user's name
 * @param userPrefix what the name here has before it
 * @param groupsClaim the claim with the names of the user's groups
 */
public record OidcSettings(
        String issuer, String audience, JwksSource keys, String userClaim, String userPrefix, String groupsClaim) {
    /** The issuer; without it no tokens of others are accepted. */
    public static final String ISSUER = "craq.oidc.issuer";

    public static final String AUDIENCE = "craq.oidc.audience";
    /** A file or a URL. */
    public static final String JWKS = "craq.oidc.jwks";
    /** A PEM file with the authorities that may have issued the certificate of that URL. */
    public static final String AUTHORITIES = "craq.oidc.ca";

    public static final String USER_CLAIM = "craq.oidc.user.claim";
    public static final String USER_PREFIX = "craq.oidc.user.prefix";
    public static final String GROUPS_CLAIM = "craq.oidc.groups.claim";

    private static final String HTTPS = "https://";
    private static final String HTTP = "http://";

    /**
     * Reads the settings; empty if no issuer is set.
     *
     * @param cluster the audience if none is set
     * @throws IllegalArgumentException naming the setting whose value is missing or invalid
     */
    public static Optional<OidcSettings> read(Settings settings, String cluster) {
        Optional<String> issuer = settings.text(ISSUER);
        Optional<String> keys = settings.text(JWKS);
        if (issuer.isEmpty() && keys.isEmpty()) {
            return Optional.empty();
        }
        if (issuer.isEmpty() || keys.isEmpty()) {
            throw new IllegalArgumentException(ISSUER + " and " + JWKS
                    + " belong together: set both, or none if no tokens of an issuer are to be accepted");
        }
        return Optional.of(new OidcSettings(
                issuer.get(),
                settings.text(AUDIENCE, cluster),
                source(keys.get(), settings.text(AUTHORITIES)),
                settings.text(USER_CLAIM, "sub"),
                prefix(settings.text(USER_PREFIX, "oidc:")),
                settings.text(GROUPS_CLAIM, "groups")));
    }

    private static String prefix(String text) {
        try {
            return User.requirePrefix(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(USER_PREFIX + " is '" + text + "': " + e.getMessage(), e);
        }
    }

    private static JwksSource source(String text, Optional<String> authorities) {
        try {
            if (!text.startsWith(HTTPS) && !text.startsWith(HTTP)) {
                return new JwksFile(Path.of(text));
            }
            URI url = URI.create(text);
            if (url.getHost() == null || url.getRawUserInfo() != null) {
                throw new IllegalArgumentException("it has no host, or a user");
            }
            if (text.startsWith(HTTP) && !Loopback.isHost(url.getHost())) {
                throw new IllegalArgumentException(
                        "keys could be replaced on their way to this server; write " + HTTPS);
            }
            return new JwksUrl(url, authorities.map(Path::of));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    JWKS + " or " + AUTHORITIES + " is not the name of a file: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    JWKS + " is '" + text + "', but must be a file or a URL of HTTPS: " + e.getMessage(), e);
        }
    }
}
