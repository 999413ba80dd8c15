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
        if (cluster.isSecure()) {
            out.println(
                    "It is secure: everything is encrypted, and users need a token or an access key. The commands of"
                            + " craq find the administrator's; for curl: eval \"$(craq env"
                            + folder.argument() + ")\"");
        } else {
            out.println(spec.commandLine()
                    .getColorScheme()
                    .ansi()
                    .string("@|bold,red IT IS NOT SECURE: every user of this machine can read and change every file."
                            + "|@ 'craq up --secure' after 'craq down' changes that."));
        }
        out.println("Next steps: craq status | craq put FILE | craq down");
        return 0;
    }
}
