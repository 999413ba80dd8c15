package org.craq.cluster.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
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
                .addSubcommand(new EnvCommand())
                .addSubcommand(new StartCommand())
                .addSubcommand(new StopCommand())
                .addSubcommand(new KillCommand())
                .addSubcommand(new LogsCommand())
                .addSubcommand(new DemoCommand())
                .addSubcommand(new FaultsCommand());
        line.getSubcommands().get("certs").addSubcommand(new CertsReloadCommand());
        BenchCommand bench = line.getSubcommands().get("bench").getCommand();
        bench.localProcesses(managers -> new BenchedCluster(ClusterFolder.usual()).of(managers));
        CraqCommand craq = line.getCommand();
        craq.knownCluster(managers -> new ClusterHere(ClusterFolder.usual()).of(managers));
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

    /** Returns the default of an option as the cluster on this machine has it, or null if there is none. */
    private static String valueFromLocalCluster(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        return switch (option.longestName()) {
            case "--manager" ->
                ofLocalCluster(cluster -> Optional.of(String.join(",", cluster.managerAddresses())))
                        .orElse(null);
            case "--ca" ->
                System.getenv("CRAQ_TLS_CA") == null
                        ? ofLocalCluster(cluster -> cluster.authorities().map(Path::toString))
                                .orElse(null)
                        : null;
            default -> null;
        };
    }

    private static Optional<String> ofLocalCluster(Function<LocalCluster, Optional<String>> value) {
        if (System.getenv("CRAQ_MANAGER") != null) {
            return Optional.empty();
        }
        try {
            Path data = ClusterFolder.usual();
            return Files.isDirectory(data)
                    ? value.apply(LocalCluster.builder().data(data).build())
                    : Optional.empty();
        } catch (ClusterException e) {
            return Optional.empty();
        }
    }
}
