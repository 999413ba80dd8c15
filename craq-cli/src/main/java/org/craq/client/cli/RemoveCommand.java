package org.craq.client.cli;

import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.DeleteOptions;
import org.craq.client.FileVersion;
import org.craq.client.Receipt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq rm}: deletes a file, or one of its old versions. */
@Command(name = "rm", description = "Delete a file, or one of its old versions.")
final class RemoveCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the file in the store.")
    private String name;

    @Option(
            names = "--if-version",
            paramLabel = "VERSION",
            description = "Delete only if this version is the newest, for example 3-1205.")
    private FileVersion newest;

    @Option(
            names = "--version",
            paramLabel = "VERSION",
            description = "Delete only this version, for example 3-1205. It must not be the newest; the file remains.")
    private FileVersion version;

    @Override
    public Integer call() {
        if (newest != null && version != null) {
            throw new ParameterException(
                    spec.commandLine(), "--version and --if-version can't be combined: an old version never changes");
        }
        DeleteOptions options = DeleteOptions.defaults();
        options = newest == null ? options : options.ifVersion(newest);
        options = version == null ? options : options.withVersion(version);
        try (CraqClient client = craq.client()) {
            Receipt receipt = client.delete(name, options);
            spec.commandLine()
                    .getOut()
                    .println(
                            craq.json()
                                    ? Json.of(receipt)
                                    : receipt.name() + ": deleted, version "
                                            + (version == null ? receipt.version() : version));
        }
        return 0;
    }
}
