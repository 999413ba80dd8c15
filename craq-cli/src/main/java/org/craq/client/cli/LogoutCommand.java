package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq logout}: forgets the token of {@code craq login}. */
@Command(
        name = "logout",
        description = {
            "Delete the token of 'craq login' from this machine.",
            "Copies of it stay valid until it expires, or until 'craq user revoke-tokens NAME'."
        })
final class LogoutCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path file = craq.loginToken();
        boolean deleted = Files.deleteIfExists(file);
        spec.commandLine()
                .getOut()
                .println(
                        craq.json()
                                ? Json.text(Map.of("deleted", deleted))
                                : Printable.line(
                                        deleted ? "logged out: " + file + " is deleted" : "nobody is logged in"));
        return 0;
    }
}
