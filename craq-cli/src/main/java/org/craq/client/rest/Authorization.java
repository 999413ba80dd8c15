package org.craq.client.rest;

import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.craq.client.AccessToken;
import org.craq.client.CraqClient;
import org.craq.wire.Loopback;

/** The Authorization header of HTTP requests. What it proves does not leave this machine unencrypted. Thread-safe. */
public final class Authorization {
    /** The name of the header. */
    public static final String HEADER = "Authorization";

    private final Supplier<Optional<String>> header;

    private Authorization(Supplier<Optional<String>> header) {
        this.header = header;
    }

    /** Returns what adds no header. */
    public static Authorization none() {
        return new Authorization(Optional::empty);
    }

    /** Returns the header with a token, which is asked for each request; empty if there is none. */
    public static Authorization ofToken(Supplier<Optional<String>> token) {
        return new Authorization(() -> token.get().map(text -> "Bearer " + text));
    }

    /** Returns the header with the token that the calls of a client carry. */
    public static Authorization of(CraqClient client) {
        return ofToken(() -> client.token().map(AccessToken::text));
    }

    /**
     * Returns the value of the header for a request; empty if there is none, or if it must not be sent there.
     *
     * @throws org.craq.wire.CraqException UNAUTHENTICATED when the credentials are wrong
     */
    public Optional<String> value(URI target) {
        return mayGoTo(target) ? header.get() : Optional.empty();
    }

    /** Returns whether there is a token that is kept from a server because the connection is not encrypted. */
    boolean isWithheld(URI target) {
        return !mayGoTo(target) && header.get().isPresent();
    }

    private static boolean mayGoTo(URI target) {
        return "https".equalsIgnoreCase(target.getScheme())
                || Optional.ofNullable(target.getHost())
                        .filter(Loopback::isHost)
                        .isPresent();
    }
}
