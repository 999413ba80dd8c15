package org.craq.client.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.craq.client.Credentials;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Chooses the credentials of a command: those that an option names, or else an environment variable, or else the
 * administrator's key of the cluster on this machine, or else the token of {@code craq login}.
 *
 * @param token value of {@code --token-file}
 * @param accessKey value of {@code --access-key-file}
 */
record CredentialChoice(Optional<Path> token, Optional<Path> accessKey) {
    static final String TOKEN_VARIABLE = "CRAQ_TOKEN_FILE";
    static final String ACCESS_KEY_VARIABLE = "CRAQ_ACCESS_KEY_FILE";

    /**
     * Returns what was named.
     *
     * @throws CraqException INVALID_ARGUMENT when two files are named where one is enough
     */
    Optional<Credentials> named(Map<String, String> environment) {
        Optional<Credentials> given = one(token, accessKey, "--token-file", "--access-key-file");
        return given.isPresent()
                ? given
                : one(
                        file(environment, TOKEN_VARIABLE),
                        file(environment, ACCESS_KEY_VARIABLE),
                        TOKEN_VARIABLE,
                        ACCESS_KEY_VARIABLE);
    }

    /**
     * Returns what is used when nothing was named, as far as it exists.
     *
     * @param administratorKey of the cluster on this machine
     */
    static Optional<Credentials> usual(Supplier<Optional<Path>> administratorKey, Map<String, String> environment) {
        Optional<Credentials> local =
                administratorKey.get().filter(Files::exists).map(Credentials::accessKeyFile);
        return local.isPresent()
                ? local
                : Optional.of(ConfigFolder.token(environment))
                        .filter(Files::exists)
                        .map(Credentials::tokenFile);
    }

    private static Optional<Path> file(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(text -> !text.isEmpty())
                .map(LocalNames.ofProcess()::path);
    }

    private static Optional<Credentials> one(
            Optional<Path> token, Optional<Path> accessKey, String tokenName, String accessKeyName) {
        if (token.isPresent() && accessKey.isPresent()) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT, tokenName + " and " + accessKeyName + " are both given; give only one");
        }
        return token.map(Credentials::tokenFile).or(() -> accessKey.map(Credentials::accessKeyFile));
    }
}
