package org.craq.client.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code craq audit}: checks and shows files of servers' audit trails. */
@Command(
        name = "audit",
        subcommands = {AuditVerifyCommand.class, AuditShowCommand.class},
        description = {
            "Check and show the audit trail of a server: who did or tried what.",
            "It needs the files only, no cluster. Give the files of one server, oldest first, as"
                    + " /path/audit-*.log does."
        })
final class AuditCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw CraqCommand.subcommandMissing(spec);
    }
}
