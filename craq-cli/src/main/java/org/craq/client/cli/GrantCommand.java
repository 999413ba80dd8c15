package org.craq.client.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq grant}: manages what users may do. */
@Command(
        name = "grant",
        description = {
            "Manage what users may do. This needs the grant admin: without a prefix.",
            "A grant is a role for the files whose names begin with a prefix, such as writer:docs/. Without a prefix it is"
                    + " for all files, and for the cluster."
        })
final class GrantCommand implements Runnable {
    private static final String USER =
            "Name of the user, or of a user or a group of the issuer of tokens: oidc:anna, group:engineers.";
    private static final String GRANT = "The grant, such as reader:docs/ or admin:";

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    /** What a subcommand does. */
    private interface Task {
        void with(UserPages pages, UserReport report);
    }

    private int run(ManagerOption option, Task task) {
        return option.ask(craq, manager -> {
            task.with(new UserPages(manager), new UserReport(spec.commandLine().getOut(), craq.json()));
            return 0;
        });
    }

    @Command(name = "add", description = "Allow a user something more.")
    int add(
            @Mixin ManagerOption option,
            @Parameters(index = "0", paramLabel = "USER", description = USER) String user,
            @Parameters(index = "1", paramLabel = "ROLE:PREFIX", description = GRANT) String grant) {
        return run(
                option,
                (pages, report) ->
                        report.done("user " + user + " has the grant " + grant, pages.addGrant(user, grant)));
    }

    @Command(name = "remove", description = "Take a grant away from a user.")
    int remove(
            @Mixin ManagerOption option,
            @Parameters(index = "0", paramLabel = "USER", description = USER) String user,
            @Parameters(index = "1", paramLabel = "ROLE:PREFIX", description = GRANT) String grant) {
        return run(
                option,
                (pages, report) -> report.done(
                        "user " + user + " no longer has the grant " + grant, pages.removeGrant(user, grant)));
    }

    @Command(name = "list", description = "List the grants of one user, or of all.")
    int list(
            @Mixin ManagerOption option,
            @Parameters(arity = "0..1", paramLabel = "USER", description = USER) String user) {
        return run(option, (pages, report) -> report.grants(pages.some(user)));
    }

    @Override
    public void run() {
        throw CraqCommand.subcommandMissing(spec);
    }
}
