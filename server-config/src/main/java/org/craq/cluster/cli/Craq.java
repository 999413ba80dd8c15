package org.craq.cluster.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.craq.client.cli.BenchCommand;
import org.craq.client.cli.CraqCommand;
import org.craq.client.cli.Main;
import org.craq.cluster.ClusterException;
import org.craq.cluster.LocalCluster;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Entry point of the command {@code craq}: the client's subcommands and those that run a cluster on this machine. */
public final class Craq {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private Craq() {}

    public static void main(String[] args) {
        System.exit(Main.run(commandLine(), args));
    }

    static CommandLine commandLine() {
        CommandLine line = CraqCommand.commandLine();
        line.addSubcommand(new UpCommand())
                .addSubcommand(new DownCommand())
                .addSubcommand(new StatusCommand())
                .addSubcommand(new StartCommand())
                .addSubcommand(new StopCommand())
                .addSubcommand(new KillCommand())
                .addSubcommand(new LogsCommand())
                .addSubcommand(new DemoCommand())
                .addSubcommand(new FaultsCommand());
        BenchCommand bench = line.getSubcommands().get("bench").getCommand();
        bench.localProcesses(managers -> new BenchedCluster(ClusterFolder.usual()).of(managers));
        line.setDefaultValueProvider(Craq::valueFromLocalCluster);
        line.setExecutionStrategy(Craq::execute);
        return line;
    }

    /** Reports this module's own failures; the client reports all others. */
    private static int execute(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClusterException known) {
                parsed.commandSpec().commandLine().getErr().println("craq: " + known.getMessage());
                return known.isWrongUsage() ? WRONG_USAGE : FAILED;
            }
            throw e;
        }
    }

    /** Returns the address of the manager of the cluster on this machine as the default, or null if there is none. */
    private static String valueFromLocalCluster(ArgSpec argument) {
        boolean manager =
                argument instanceof OptionSpec option && option.longestName().equals("--manager");
        return manager ? localManager().orElse(null) : null;
    }

    private static Optional<String> localManager() {
        if (System.getenv("CRAQ_MANAGER") != null) {
            return Optional.empty();
        }
        try {
            Path data = ClusterFolder.usual();
            return Files.isDirectory(data)
                    ? Optional.of(String.join(
                            ",", LocalCluster.builder().data(data).build().managerAddresses()))
                    : Optional.empty();
        } catch (ClusterException e) {
            return Optional.empty();
        }
    }
}
