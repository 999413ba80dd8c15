package org.craq.client.internal;

import java.util.Optional;
import org.craq.client.AccessToken;
import org.craq.client.Credentials;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** What a client's calls carry so that servers know who calls. Thread-safe. */
final class Login {
    private final Optional<TokenSource> source;

    Login(Optional<TokenSource> source) {
        this.source = source;
    }

    /**
     * Returns the login of a client. Files are read now.
     *
     * @param exchange asks the managers for a token; not called before this returns
     * @throws CraqException INVALID_ARGUMENT, with the file and what is wrong with it
     */
    static Login of(Optional<Credentials> credentials, FetchedToken.Exchange exchange) {
        return new Login(credentials.map(given -> source(given, exchange)));
    }

    private static TokenSource source(Credentials given, FetchedToken.Exchange exchange) {
        if (given instanceof Credentials.Token token) {
            return new GivenToken(token::text, "give the client a new token: it can't renew the one it was given");
        }
        if (given instanceof Credentials.TokenFile own) {
            SecretFile<Credentials.Token> file = new SecretFile<>(own.file(), "a token", Credentials.Token::new);
            return new GivenToken(() -> file.secret().text(), "put a new token into " + own.file());
        }
        if (given instanceof Credentials.AccessKeyFile own) {
            SecretFile<FetchedToken.Secret> file = new SecretFile<>(own.file(), "an access key", Login::key);
            return fetched(file::secret, exchange, "check the access key in " + own.file());
        }
        if (given instanceof Credentials.AccessKey own) {
            FetchedToken.Secret secret = new FetchedToken.Secret(own.id(), own.secret());
            return fetched(() -> secret, exchange, "check access key " + own.id() + " and its secret");
        }
        Credentials.Password own = (Credentials.Password) given;
        FetchedToken.Secret secret = new FetchedToken.Secret(own.user(), own.password());
        return fetched(() -> secret, exchange, "check the password of user " + own.user());
    }

    private static TokenSource fetched(
            java.util.function.Supplier<FetchedToken.Secret> secret, FetchedToken.Exchange exchange, String advice) {
        return new FetchedToken(secret, exchange, FetchedToken.Time.ofMachine(), advice);
    }

    private static FetchedToken.Secret key(String line) {
        int colon = line.indexOf(':');
        if (colon < 1 || colon == line.length() - 1) {
            throw new IllegalArgumentException("an access key is one line, ID:SECRET");
        }
        return new FetchedToken.Secret(line.substring(0, colon), line.substring(colon + 1));
    }

    /**
     * Returns the token to use now; empty without credentials, or if the cluster asks for none.
     *
     * @throws CraqException UNAUTHENTICATED, or why no manager answers
     */
    Optional<AccessToken> token() {
        return source.flatMap(TokenSource::token);
    }

    /** Returns the newest token, without waiting for anything. */
    Optional<String> current() {
        return source.flatMap(TokenSource::current).map(AccessToken::text);
    }

    /** Adds to a refusal what can be done about it; returns any other failure as it is. */
    CraqException explained(CraqException failure) {
        if (failure.code() != ErrorCode.UNAUTHENTICATED) {
            return failure;
        }
        String advice = source.map(TokenSource::advice).orElse("this client has no credentials");
        return new CraqException(failure.code(), failure.getMessage() + " (" + advice + ")", failure);
    }

    Pass pass() {
        return new Pass();
    }

    /** What one operation shows: a token and, if a server refuses it, one other. Belongs to one thread. */
    final class Pass {
        private Optional<String> shown = Optional.empty();
        private boolean replaced;

        /**
         * Makes sure that there is a token before an attempt.
         *
         * @throws CraqException UNAUTHENTICATED, or why no manager answers
         */
        void ready() {
            shown = Optional.empty();
            shown = token().map(AccessToken::text);
        }

        /** Returns whether a failed attempt is worth repeating with another token; at most once. */
        boolean renews(CraqException failure) {
            if (failure.code() != ErrorCode.UNAUTHENTICATED || replaced || shown.isEmpty()) {
                return false;
            }
            replaced = source.orElseThrow().replaces(shown.get());
            return replaced;
        }
    }
}
