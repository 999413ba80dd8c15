package org.craq.client.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq user}: manages users. */
@Command(
        name = "user",
        description = {
            "Manage the users of a cluster. This needs the grant admin: without a prefix.",
            "A change holds on every node within a few seconds."
        })
final class UserCommand implements Runnable {
    private static final String NAME = "Name of the user.";

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    /** What a subcommand does. */
    private interface Task {
        void with(UserPages pages, UserReport report) throws IOException;
    }

    private int run(ManagerOption option, Task task) throws IOException {
        return option.<IOException>ask(craq, manager -> {
            task.with(new UserPages(manager), new UserReport(spec.commandLine().getOut(), craq.json()));
            return 0;
        });
    }

    private static JsonObject named(String name) {
        JsonObject fields = new JsonObject();
        fields.addProperty("name", name);
        return fields;
    }

    @Command(name = "list", description = "List all users with their grants.")
    int list(@Mixin ManagerOption option) throws IOException {
        return run(option, (pages, report) -> report.users(pages.all()));
    }

    @Command(name = "show", description = "Show a user with its grants and access keys.")
    int show(@Mixin ManagerOption option, @Parameters(paramLabel = "NAME", description = NAME) String name)
            throws IOException {
        return run(option, (pages, report) -> report.user(pages.one(name)));
    }

    @Command(
            name = "add",
            description = {
                "Create a user. Without a password it can use access keys and certificates.",
                "The password is typed unseen, or is the first line of the input if that is not a terminal."
            })
    int add(
            @Mixin ManagerOption option,
            @Parameters(
                            paramLabel = "NAME",
                            description =
                                    "Name of the user: 1 to 63 letters, digits, '-', '_' or '.', such as anna. With a"
                                            + " prefix, a user or a group of the issuer of tokens: oidc:anna, group:engineers.")
                    String name,
            @Option(
                            names = "--grant",
                            paramLabel = "ROLE:PREFIX",
                            description = "What it may do with which files, such as writer:docs/. Can be repeated.")
                    List<String> grants,
            @Option(names = "--password", description = "Ask for a password.") boolean password)
            throws IOException {
        return run(option, (pages, report) -> {
            pages.requireNone(name);
            Optional<String> asked = password ? Optional.of(Passwords.askNew(craq.streams(), name)) : Optional.empty();
            report.done("user " + name + " is created", pages.add(name, grants == null ? List.of() : grants, asked));
        });
    }

    @Command(name = "enable", description = "Let a disabled user in again, with the grants that it has.")
    int enable(@Mixin ManagerOption option, @Parameters(paramLabel = "NAME", description = NAME) String name)
            throws IOException {
        return run(option, (pages, report) -> report.done("user " + name + " is enabled", pages.enable(name, true)));
    }

    @Command(name = "disable", description = "Refuse everything that a user asks for, without forgetting its grants.")
    int disable(@Mixin ManagerOption option, @Parameters(paramLabel = "NAME", description = NAME) String name)
            throws IOException {
        return run(option, (pages, report) -> report.done("user " + name + " is disabled", pages.enable(name, false)));
    }

    @Command(
            name = "password",
            description = {
                "Give a user another password. Tokens that it got before end.",
                "The password is typed unseen, or is the first line of the input if that is not a terminal."
            })
    int password(@Mixin ManagerOption option, @Parameters(paramLabel = "NAME", description = NAME) String name)
            throws IOException {
        return run(option, (pages, report) -> {
            pages.one(name);
            String password = Passwords.askNew(craq.streams(), name);
            report.done("user " + name + " has another password", pages.password(name, password));
        });
    }

    @Command(name = "remove", description = "Remove a user with its grants and access keys. Its files stay.")
    int remove(@Mixin ManagerOption option, @Parameters(paramLabel = "NAME", description = NAME) String name)
            throws IOException {
        return run(option, (pages, report) -> {
            pages.remove(name);
            report.done("user " + name + " is removed", named(name));
        });
    }

    @Command(name = "revoke-tokens", description = "End all tokens that a user has got so far. Access keys stay.")
    int revokeTokens(@Mixin ManagerOption option, @Parameters(paramLabel = "NAME", description = NAME) String name)
            throws IOException {
        return run(option, (pages, report) -> {
            pages.revokeTokens(name);
            report.done("the tokens of user " + name + " are revoked", named(name));
        });
    }

    @Override
    public void run() {
        throw CraqCommand.subcommandMissing(spec);
    }
}
