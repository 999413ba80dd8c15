package org.craq.cluster.cli;

import java.nio.file.Path;
import org.craq.cluster.Installation;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.LocalClusterBuilder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option that selects a cluster on this machine. */
final class ClusterFolder {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder that holds the cluster's data, logs and state. Default: .craq in the project.")
    private Path data;

    /** Returns the folder of the default cluster. */
    static Path usual() {
        return Installation.home().resolve(".craq");
    }

    /** Returns a builder for the cluster that prints each step as a line of output. */
    LocalClusterBuilder builder() {
        return LocalCluster.builder()
                .data(data == null ? usual() : data)
                .progress(line -> command.commandLine().getOut().println("  " + line));
    }

    /** Returns the option as it was given, with a blank before it, for messages that name another command; empty if it was not given. */
    String argument() {
        return data == null ? "" : " --data " + data;
    }

    LocalCluster cluster() {
        return builder().build();
    }
}
