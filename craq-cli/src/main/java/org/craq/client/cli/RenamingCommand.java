package org.craq.client.cli;

import java.util.concurrent.Callable;
import org.craq.client.CopyOptions;
import org.craq.client.CraqClient;
import org.craq.client.Receipt;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Base of the commands that give existing content another name. */
abstract class RenamingCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "Name of the file in the store.")
    private String source;

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "The new name. If it ends with /, the last part of SOURCE is added to it.")
    private String target;

    @ArgGroup
    private WriteCondition condition = new WriteCondition();

    abstract Receipt run(CraqClient client, String from, String to, CopyOptions options);

    @Override
    public Integer call() {
        CopyOptions options = CopyOptions.defaults();
        if (condition.version().isPresent()) {
            options = options.ifVersion(condition.version().get());
        } else if (condition.absent()) {
            options = options.ifAbsent();
        }
        String to = target.endsWith("/") ? target + source.substring(source.lastIndexOf('/') + 1) : target;
        try (CraqClient client = craq.client()) {
            Receipt receipt = run(client, source, to, options);
            spec.commandLine().getOut().println(craq.json() ? Json.of(receipt) : TransferReport.line(receipt));
        }
        return 0;
    }
}
