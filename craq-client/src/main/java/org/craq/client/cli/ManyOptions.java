package org.craq.client.cli;

import java.io.IOException;
import java.util.OptionalLong;
import org.craq.client.CraqClient;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How folders are transferred: what {@code put -r} and {@code get -r} have in common. */
final class ManyOptions {
    private static final int MOST = 64;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-r", "--recursive"},
            description = "A folder with all that is in it. Names in the store have / between folders.")
    private boolean recursive;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "With -r: files under way at a time, 1 to 64. Default: 4.")
    private Integer parallel;

    boolean recursive() {
        if (parallel != null && (!recursive || parallel < 1 || parallel > MOST)) {
            throw new ParameterException(
                    command.commandLine(),
                    recursive ? "--parallel is 1 to " + MOST + ", not " + parallel : "--parallel belongs to -r");
        }
        return recursive;
    }

    /** Stores or reads all files of a folder, with a bar for all of them together. */
    void transfer(CraqCommand craq, String label, Folder folder, TransferReport report)
            throws IOException, InterruptedException {
        try (CraqClient client = craq.client();
                Progress bar = Progress.of(label, OptionalLong.empty(), craq.streams())) {
            if (craq.streams().terminal()) {
                bar.total(folder.total(client));
            }
            try (Transfers transfers = new Transfers(parallel == null ? 4 : parallel, report, bar)) {
                folder.transfer(client, transfers);
            }
        }
    }
}
