package org.craq.cluster.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code craq certs reload}: makes the servers of a cluster on this machine use renewed certificates for HTTPS. */
@Command(
        name = "reload",
        description = {
            "Make the servers of the cluster on this machine use renewed certificates for HTTPS, without a restart.",
            "For gRPC they take changed files themselves within 10 seconds."
        })
final class CertsReloadCommand implements Callable<Integer> {
    @Mixin
    private ClusterFolder folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<String> servers = folder.cluster().reloadCertificates();
        spec.commandLine()
                .getOut()
                .println(
                        "New connections by HTTPS get the present certificates of " + String.join(", ", servers) + ".");
        return 0;
    }
}
