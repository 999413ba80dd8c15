package org.craq.client.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq ls}: lists files. */
@Command(name = "ls", description = "List files.")
final class ListCommand implements Callable<Integer> {
    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Only files whose names begin so.")
    private String prefix;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (CraqClient client = craq.client()) {
            for (FileInfo file : client.listAll(prefix)) {
                out.println(
                        craq.json()
                                ? Json.of(file)
                                : String.format(
                                        "%14d  %s  %-10s  %s",
                                        file.length(),
                                        file.createdAt().toString().substring(0, 19),
                                        file.version(),
                                        file.name()));
            }
        }
        return 0;
    }
}
