package org.craq.cluster.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code craq start}: starts one server of a running cluster, and waits until it serves. */
@Command(name = "start", description = "Start one server of a running cluster, and wait until it serves.")
final class StartCommand implements Callable<Integer> {
    @Mixin
    private ClusterFolder folder;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SERVER", description = "A node, for example n2, or manager.")
    private String server;

    @Override
    public Integer call() {
        folder.cluster().start(server);
        spec.commandLine().getOut().println(server + " has been started.");
        return 0;
    }
}
