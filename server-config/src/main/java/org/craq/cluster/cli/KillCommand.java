package org.craq.cluster.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code craq kill}: end one server at once (SIGKILL), as a power failure would. */
@Command(name = "kill", description = "End one server at once (SIGKILL), as a power failure would.")
final class KillCommand implements Callable<Integer> {
    @Mixin
    private ClusterFolder folder;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SERVER", description = "A node, for example n2, or manager, manager2, ...")
    private String server;

    @Override
    public Integer call() {
        folder.cluster().kill(server);
        spec.commandLine().getOut().println(server + " is killed, as a power failure would.");
        return 0;
    }
}
