package org.craq.cluster.cli;

import java.util.concurrent.Callable;
import org.craq.cluster.LocalCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code craq down}: stops the cluster. */
@Command(name = "down", description = "Stop the cluster on this machine. Its data are kept for the next start.")
final class DownCommand implements Callable<Integer> {
    @Mixin
    private ClusterFolder folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        LocalCluster cluster = folder.cluster();
        boolean running = cluster.isPartlyUp();
        cluster.down();
        spec.commandLine()
                .getOut()
                .println(
                        running
                                ? "The cluster is down; its data are kept in " + cluster.data() + "."
                                : "Nothing is up in " + cluster.data() + ".");
        return 0;
    }
}
