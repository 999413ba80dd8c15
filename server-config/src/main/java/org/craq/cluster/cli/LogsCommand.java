package org.craq.cluster.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.craq.cluster.ClusterException;
import org.craq.cluster.LogTail;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code craq logs}: shows a server's log. */
@Command(name = "logs", description = "Show the end of a server's log.")
final class LogsCommand implements Callable<Integer> {
    @Mixin
    private ClusterFolder folder;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SERVER", description = "A node, for example n2, or manager, or postgres.")
    private String server;

    @Option(names = "-f", description = "Continue with what is appended, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "-n",
            paramLabel = "LINES",
            defaultValue = "50",
            description = "Number of lines. Default: ${DEFAULT-VALUE}.")
    private int lines;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path log = folder.cluster().log(server);
        if (!Files.exists(log)) {
            throw new ClusterException("There is no log of " + server + " yet; its path would be " + log + ".");
        }
        PrintWriter out = spec.commandLine().getOut();
        LogTail tail = new LogTail(log);
        out.print(tail.last(lines));
        out.flush();
        while (follow && !out.checkError()) {
            out.print(tail.awaitMore());
            out.flush();
        }
        return 0;
    }
}
