package org.craq.client.rest;

import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.craq.client.AccessToken;
import org.craq.client.CraqClient;
import org.craq.wire.Loopback;

/** The Authorization header of HTTP requests. A token does not leave this machine unencrypted. Thread-safe. */
public final class Authorization {
    /** The name of the header. */
    public static final String HEADER = "Authorization";

    private final Supplier<Optional<String>> token;

    /** @param token is asked for each request; empty if there is none */
    public Authorization(Supplier<Optional<String>> token) {
        this.token = token;
    }

    /** Returns the header with the token that the calls of a client carry. */
    public static Authorization of(CraqClient client) {
        return new Authorization(() -> client.token().map(AccessToken::text));
    }

    /**
     * Returns the value of the header for a request; empty if there is no token, or if it must not be sent there.
     *
     * @throws org.craq.wire.CraqException UNAUTHENTICATED when the credentials are wrong
     */
    public Optional<String> value(URI target) {
        return mayGoTo(target) ? token.get().map(text -> "Bearer " + text) : Optional.empty();
    }

    /** Returns whether there is a token that is kept from a server because the connection is not encrypted. */
    boolean isWithheld(URI target) {
        return !mayGoTo(target) && token.get().isPresent();
    }

    private static boolean mayGoTo(URI target) {
        return "https".equalsIgnoreCase(target.getScheme())
                || Optional.ofNullable(target.getHost())
                        .filter(Loopback::isHost)
                        .isPresent();
    }
}
