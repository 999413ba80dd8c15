package org.craq.cluster.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.craq.cluster.LocalCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code craq up}: starts a cluster on this machine. */
@Command(
        name = "up",
        description =
                "Start a cluster on this machine: PostgreSQL, a manager and some nodes. Servers that are already up stay up.")
final class UpCommand implements Callable<Integer> {
    @Mixin
    private ClusterFolder folder;

    @Mixin
    private ClusterWishes wishes;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        LocalCluster cluster = wishes.applyTo(folder.builder()).build();
        boolean fresh = !cluster.isPartlyUp();
        CleanUp cleanUp = new CleanUp(() -> {
            if (fresh) {
                cluster.abort();
            }
        });
        try {
            cluster.up();
        } finally {
            cleanUp.close();
        }
        out.println("The cluster is up, manager at " + String.join(", ", cluster.managerAddresses()) + ", data in "
                + cluster.data() + ".");
        cluster.authorities()
                .ifPresent(file -> out.println(
                        "gRPC and HTTP are encrypted. Commands that do not use the data folder .craq need --ca " + file
                                + " or CRAQ_TLS_CA."));
        out.println("Next steps: craq status | craq put FILE | craq down");
        return 0;
    }
}
