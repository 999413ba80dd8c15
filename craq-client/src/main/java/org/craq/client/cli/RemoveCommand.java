package org.craq.client.cli;

import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.DeleteOptions;
import org.craq.client.FileVersion;
import org.craq.client.Receipt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq rm}: deletes a file. */
@Command(name = "rm", description = "Delete a file.")
final class RemoveCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The file's name in the store.")
    private String name;

    @Option(
            names = "--if-version",
            paramLabel = "VERSION",
            description = "Only if the newest version is this one, for example 3-1205.")
    private FileVersion version;

    @Override
    public Integer call() {
        DeleteOptions options = version == null
                ? DeleteOptions.defaults()
                : DeleteOptions.defaults().ifVersion(version);
        try (CraqClient client = craq.client()) {
            Receipt receipt = client.delete(name, options);
            spec.commandLine()
                    .getOut()
                    .println(
                            craq.json()
                                    ? Json.of(receipt)
                                    : receipt.name() + ": deleted, version " + receipt.version());
        }
        return 0;
    }
}
