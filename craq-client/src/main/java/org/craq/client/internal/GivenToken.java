package org.craq.client.internal;

import java.util.Optional;
import java.util.function.Supplier;
import org.craq.client.AccessToken;

/** A token that the client was given, as a text or in a file, and can't renew. */
final class GivenToken implements TokenSource {
    private final Supplier<String> text;
    private final String advice;

    /** @param text returns the token as it is now */
    GivenToken(Supplier<String> text, String advice) {
        this.text = text;
        this.advice = advice;
    }

    @Override
    public Optional<AccessToken> token() {
        return Optional.of(new AccessToken(text.get(), Optional.empty(), Optional.empty()));
    }

    @Override
    public Optional<AccessToken> current() {
        return token();
    }

    /** Only a file may have another one by now. */
    @Override
    public boolean replaces(String refused) {
        return !text.get().equals(refused);
    }

    @Override
    public String advice() {
        return advice;
    }
}
