package org.craq.client.cli;

import java.io.IOException;
import java.util.OptionalLong;
import org.craq.client.CraqClient;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options for transferring folders, which {@code put -r} and {@code get -r} share. */
final class ManyOptions {
    private static final int MOST = 64;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = {"-r", "--recursive"},
            description = "Transfer a folder with everything in it. Names in the store have / between folders.")
    private boolean recursive;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "With -r: number of files transferred concurrently, 1 to 64. Default: 4.")
    private Integer parallel;

    boolean recursive() {
        if (parallel != null && (!recursive || parallel < 1 || parallel > MOST)) {
            throw new ParameterException(
                    command.commandLine(),
                    recursive ? "--parallel must be 1 to " + MOST + ", not " + parallel : "--parallel needs -r");
        }
        return recursive;
    }

    /** Stores or reads all files of a folder, with one progress bar for all of them. */
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
