package org.craq.cluster.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.craq.cluster.ClusterException;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.LocalClusterBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code craq demo}: starts a cluster, stores a file, reads it back from every node, and stops the cluster. */
@Command(
        name = "demo",
        description =
                "Start a cluster, store a file, read it back from every node by gRPC and by REST, compare, and stop the"
                        + " cluster. A cluster that is already up is used and stays up.")
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private ClusterFolder folder;

    @Mixin
    private ClusterWishes wishes;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The file to store. Default: 64 MiB of random bytes.")
    private Path file;

    @Option(names = "--keep", description = "Keep the cluster up, and the file in it.")
    private boolean keep;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
            throw new ClusterException(file + " is not a file that can be read.");
        }
        PrintWriter out = spec.commandLine().getOut();
        LocalClusterBuilder builder = folder.builder();
        LocalCluster found = builder.build();
        boolean foundUp = found.isPartlyUp();
        LocalCluster cluster = foundUp ? found : wishes.applyTo(builder).build();
        CleanUp cleanUp = new CleanUp(() -> {
            if (!foundUp) {
                out.println("interrupted: stopping the cluster");
                cluster.abort();
            }
        });
        try {
            return run(cluster, foundUp, out);
        } finally {
            if (!foundUp && !keep) {
                out.println("== Stopping the cluster");
                cluster.down();
            }
            cleanUp.close();
        }
    }

    private int run(LocalCluster cluster, boolean foundUp, PrintWriter out) throws IOException, InterruptedException {
        if (foundUp) {
            out.println("== Using the running cluster, data in " + cluster.data());
        } else {
            out.println("== Starting a cluster, data in " + cluster.data());
            cluster.up();
        }
        boolean fine;
        if (file == null) {
            try (RandomFile made = RandomFile.in(cluster.data())) {
                fine = new Demo(cluster, made.path(), "demo/random.bin", !keep, out).run();
            }
        } else {
            fine = new Demo(cluster, file, "demo/" + file.getFileName(), false, out).run();
        }
        out.println(fine ? "== Everything is as it should be." : "== FAILED: see above.");
        if (keep) {
            out.println("The cluster stays up. Next steps: craq status | craq put FILE | craq down");
        }
        return fine ? 0 : 1;
    }
}
