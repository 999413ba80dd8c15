package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.craq.client.AccessToken;
import org.craq.client.CraqClient;
import org.craq.client.Credentials;
import org.craq.client.certs.PrivateFolder;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq login}: gets a token for a password and keeps it. */
@Command(
        name = "login",
        description = {
            "Get a token for a user's password, and keep it for the next commands.",
            "The password is typed unseen, or is the first line of the input if that is not a terminal."
        })
final class LoginCommand implements Callable<Integer> {
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm zzz");

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "USER",
            arity = "0..1",
            description = "Name of the user. Default: the name that this machine knows you by.")
    private String user;

    @Override
    public Integer call() throws IOException {
        String name = user == null ? System.getProperty("user.name") : user;
        Path file = craq.loginToken();
        Optional<Credentials> other = craq.credentials().filter(used -> !used.equals(Credentials.tokenFile(file)));
        AccessToken token;
        try (CraqClient client =
                craq.client(Optional.of(Credentials.password(name, Passwords.ask(craq.streams(), name))))) {
            token = client.token()
                    .orElseThrow(() -> new CraqException(
                            ErrorCode.CHANGE_REFUSED, "this cluster has no users: nobody needs a token"));
        }
        PrivateFolder.createIfMissing(file.toAbsolutePath().getParent());
        SecretOutput.write(file, token.text());
        report(token, file, other);
        return 0;
    }

    private void report(AccessToken token, Path file, Optional<Credentials> other) {
        String owner = token.user().orElseThrow();
        Instant until = token.expires().orElseThrow();
        if (craq.json()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("user", owner);
            fields.put("expiresAt", until.toString());
            fields.put("file", file.toString());
            spec.commandLine().getOut().println(Json.text(fields));
        } else {
            spec.commandLine()
                    .getOut()
                    .println(Printable.line("logged in as " + owner + " until "
                            + MINUTE.withZone(ZoneId.systemDefault()).format(until) + "; the token is in " + file));
        }
        other.ifPresent(used -> spec.commandLine()
                .getErr()
                .println(Printable.line("craq: the next commands use another source first: " + used)));
    }
}
