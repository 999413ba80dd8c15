package org.craq.client;

import java.time.Instant;
import java.util.Optional;

/**
 * A token by which servers know who calls; sent as {@code Authorization: Bearer TOKEN}. {@code toString} does not show it.
 *
 * @param text the token itself, a secret
 * @param expires no server accepts it from then on; empty if that is not known, as the token was given to the client
 * @param user whose it is; empty if that is not known
 */
public record AccessToken(String text, Optional<Instant> expires, Optional<String> user) {
    @Override
    public String toString() {
        return "a token" + user.map(name -> " of user " + name).orElse("")
                + expires.map(end -> " until " + end).orElse("");
    }
}
