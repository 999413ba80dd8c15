package org.craq.cluster.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code craq kill}: kills one server immediately (SIGKILL), like a power failure. */
@Command(name = "kill", description = "Kill one server immediately (SIGKILL), like a power failure.")
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
        spec.commandLine().getOut().println(server + " has been killed.");
        return 0;
    }
}
