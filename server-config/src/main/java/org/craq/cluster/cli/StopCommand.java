package org.craq.cluster.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code craq stop}: stops one server gracefully. */
@Command(name = "stop", description = "Stop one server gracefully; a node leaves the chain first.")
final class StopCommand implements Callable<Integer> {
    @Mixin
    private ClusterFolder folder;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SERVER", description = "A node, for example n2, or manager.")
    private String server;

    @Override
    public Integer call() {
        folder.cluster().stop(server);
        spec.commandLine().getOut().println(server + " has been stopped.");
        return 0;
    }
}
