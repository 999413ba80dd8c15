package org.craq.cluster.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.craq.cluster.LocalCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code craq env}: how other programs, curl among them, reach the cluster as its administrator. */
@Command(
        name = "env",
        description =
                "Print the environment variables with which curl, and 'craq' in other folders, reach the cluster on"
                        + " this machine as its administrator. Use it with: eval \"$(craq env)\"")
final class EnvCommand implements Callable<Integer> {
    @Mixin
    private ClusterFolder folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        LocalCluster cluster = folder.cluster();
        PrintWriter out = spec.commandLine().getOut();
        for (Map.Entry<String, String> variable : cluster.environment().entrySet()) {
            out.println("export " + variable.getKey() + "=" + quoted(variable.getValue()));
        }
        return 0;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
