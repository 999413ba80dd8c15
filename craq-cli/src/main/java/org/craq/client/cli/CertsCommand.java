package org.craq.client.cli;

import java.nio.file.Path;
import java.time.Clock;
import org.craq.client.certs.CertificateFolder;
import org.craq.client.certs.Export;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code craq certs}: makes and checks the certificates of a cluster. */
@Command(
        name = "certs",
        subcommands = {
            CertsInitCommand.class,
            CertsNodeCommand.class,
            CertsManagerCommand.class,
            CertsUserCommand.class,
            CertsAdminKeyCommand.class,
            CertsRenewCommand.class,
            CertsShowCommand.class,
            CertsExportCommand.class
        },
        description = {
            "Make and check the certificates by which servers and users of a cluster prove who they are.",
            "They are files in a folder that only its owner can open. Nothing is sent anywhere."
        })
final class CertsCommand implements Runnable {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--dir",
            scope = ScopeType.INHERIT,
            paramLabel = "DIR",
            defaultValue = "certs",
            description = "The folder of the certificates. Default: ${DEFAULT-VALUE}.")
    private Path folder;

    Path folder() {
        return folder;
    }

    CertificateFolder certificates() {
        return new CertificateFolder(folder, Clock.systemUTC());
    }

    Export export() {
        return new Export(folder, Clock.systemUTC());
    }

    /** Returns what prints the answers of a subcommand. */
    CertsReport report(CommandSpec subcommand) {
        return new CertsReport(subcommand.commandLine().getOut(), craq.json());
    }

    @Override
    public void run() {
        throw CraqCommand.subcommandMissing(spec);
    }
}
