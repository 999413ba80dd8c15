package org.craq.client.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq append}: appends a file, or standard input, to a file in the store. */
@Command(
        name = "append",
        description =
                "Append a file to a file in the store, or create it there. An existing file keeps its content type and"
                        + " metadata.")
final class AppendCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "The file to append; - for standard input.")
    private String file;

    @Parameters(index = "1", paramLabel = "NAME", description = "The name in the store.")
    private String name;

    @Mixin
    private WriteOptions write;

    @Override
    public Integer call() throws IOException {
        try (CraqClient client = craq.client();
                Progress progress = Progress.of(name, PutCommand.length(file), craq.streams())) {
            PutOptions options = write.get().withProgress(progress);
            Receipt receipt = file.equals("-")
                    ? client.append(name, craq.streams().in(), options)
                    : client.append(name, LocalNames.ofProcess().path(file), options);
            spec.commandLine().getOut().println(craq.json() ? Json.of(receipt) : TransferReport.line(receipt));
        }
        return 0;
    }
}
