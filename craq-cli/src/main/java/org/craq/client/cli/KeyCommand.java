package org.craq.client.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.craq.client.FailureReason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq key}: manages the access keys of programs. */
@Command(
        name = "key",
        description = {
            "Manage access keys, by which programs act for a user. This needs the grant admin: without a prefix."
        })
final class KeyCommand implements Runnable {
    private static final String USER = "Name of the user.";

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    @Command(
            name = "create",
            description =
                    "Create an access key. Its secret is printed, or written to a file, and can't be shown again.")
    int create(
            @Mixin ManagerOption option,
            @Parameters(paramLabel = "USER", description = USER) String user,
            @Option(
                            names = "--expires",
                            paramLabel = "TIME",
                            converter = TimeSpan.Converter.class,
                            description = "How long the key is valid, such as 90d. Default: it does not expire.")
                    TimeSpan expires,
            @Option(
                            names = "--limit",
                            paramLabel = "ROLE:PREFIX",
                            description =
                                    "The key may do no more than this, whatever its user may do. Can be repeated.")
                    List<String> limits,
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            description = "Write the key to a new file that only its owner can read, for"
                                    + " --access-key-file.")
                    Path file)
            throws IOException {
        if (file != null) {
            SecretOutput.requireNew(file);
        }
        return option.<IOException>ask(craq, manager -> {
            JsonObject key = new UserPages(manager)
                    .createKey(
                            user,
                            Optional.ofNullable(expires).map(TimeSpan::seconds),
                            limits == null ? List.of() : limits);
            if (file == null) {
                print(key);
            } else {
                write(key, user, file);
            }
            return 0;
        });
    }

    private static String line(JsonObject key) {
        return UserReport.text(key, "id") + ":" + UserReport.text(key, "secret");
    }

    private void print(JsonObject key) {
        if (craq.json()) {
            out().println(Json.text(key));
            return;
        }
        out().println(Printable.line(line(key)));
        out().println(
                        "The part behind the colon is the secret, which is shown only now. Keep the line in a file that only"
                                + " you can read.");
    }

    private void write(JsonObject key, String user, Path file) throws IOException {
        try {
            SecretOutput.write(file, line(key));
        } catch (IOException e) {
            String id = UserReport.text(key, "id");
            throw new IOException(
                    "key " + id + " was created, but its secret is lost: " + FailureReason.ofFile(e)
                            + "; delete the key: craq key delete " + user + " " + id,
                    e);
        }
        key.remove("secret");
        if (craq.json()) {
            key.addProperty("file", file.toString());
            out().println(Json.text(key));
        } else {
            out().println(Printable.line(LocalNames.ofProcess().shown(file) + ": key " + UserReport.line(key)));
        }
    }

    @Command(name = "list", description = "List the access keys of one user, or of all, without secrets.")
    int list(
            @Mixin ManagerOption option,
            @Parameters(arity = "0..1", paramLabel = "USER", description = USER) String user) {
        return option.ask(craq, manager -> {
            new UserReport(out(), craq.json()).keys(new UserPages(manager).some(user));
            return 0;
        });
    }

    @Command(name = "delete", description = "Delete an access key. Tokens that it has got end with it.")
    int delete(
            @Mixin ManagerOption option,
            @Parameters(index = "0", paramLabel = "USER", description = USER) String user,
            @Parameters(
                            index = "1",
                            paramLabel = "ID",
                            description = "Id of the key, such as 'craq key list' shows it.")
                    String id) {
        return option.ask(craq, manager -> {
            new UserPages(manager).deleteKey(user, id);
            JsonObject fields = new JsonObject();
            fields.addProperty("id", id);
            fields.addProperty("user", user);
            new UserReport(out(), craq.json()).done("key " + id + " of user " + user + " is deleted", fields);
            return 0;
        });
    }

    @Override
    public void run() {
        throw CraqCommand.subcommandMissing(spec);
    }
}
