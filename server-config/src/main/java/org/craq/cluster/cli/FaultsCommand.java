package org.craq.cluster.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.craq.client.cli.CraqCommand;
import org.craq.cluster.Directories;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.faults.FaultBench;
import org.craq.cluster.faults.FaultFigures;
import org.craq.cluster.faults.SteadyLoad;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq faults}: measures what clients notice when servers are lost, on a cluster created for this purpose. */
@Command(
        name = "faults",
        description = "Measure how long writes pause and how many reads are served when servers are killed or stopped,"
                + " and how fast a returning node catches up. Uses a cluster of its own, which is deleted afterwards.")
final class FaultsCommand implements Callable<Integer> {
    private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", paramLabel = "N", description = "Number of repetitions. Default: 3.")
    private int rounds = 3;

    @Option(
            names = "--catch-up",
            paramLabel = "MIB",
            description =
                    "Amount of data to write while a node is away, in MiB; 0: skip this measurement. Default: 512.")
    private int catchUp = 512;

    @Option(names = "--clients", paramLabel = "N", description = "Number of clients that write and read. Default: 4.")
    private int clients = 4;

    @Option(
            names = "--pause",
            paramLabel = "MS",
            description =
                    "Time that a client waits between two writes, and between two reads. With 0, the clients alone may"
                            + " keep all processors busy. Default: 0.")
    private int pause;

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || clients < 1 || catchUp < 0 || pause < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rounds and --clients must be at least 1, --catch-up and --pause at least 0.");
        }
        PrintWriter out = spec.commandLine().getOut();
        // Standard output gets only the results, so that a program can read them.
        PrintWriter told = spec.commandLine().getErr();
        Path data = ClusterFolder.usual().resolve("faults");
        LocalCluster cluster = LocalCluster.builder()
                .data(data)
                .nodes(3)
                .managers(2)
                .freePorts()
                .progress(line -> told.println("  " + line))
                .build();
        // Remove what a killed run may have left.
        cluster.down();
        Directories.delete(data);
        CleanUp cleanUp = new CleanUp(cluster::abort);
        boolean done = false;
        try {
            cluster.up();
            SteadyLoad.Intensity intensity = new SteadyLoad.Intensity(clients, Duration.ofMillis(pause));
            FaultFigures figures =
                    new FaultBench(cluster, rounds, intensity, line -> told.println("  " + line)).run(catchUp);
            if (craq.json()) {
                out.println(JSON.toJson(figures));
            } else {
                print(figures, out);
            }
            done = true;
        } finally {
            cluster.down();
            cleanUp.close();
            if (done) {
                Directories.delete(data);
            } else if (Files.isDirectory(data)) {
                told.println("The logs are in " + data);
            }
        }
        return 0;
    }

    private void print(FaultFigures figures, PrintWriter out) {
        out.printf(
                "%-32s %12s %12s %12s %12s %12s %8s%n",
                "fault", "write pause", "worst", "usual gap", "reads/s", "reads/s then", "failed");
        for (FaultFigures.Line line : figures.faults()) {
            out.printf(
                    "%-32s %9.0f ms %9.0f ms %9.0f ms %12.0f %12.0f %8d%n",
                    line.fault(),
                    line.pauseMillis(),
                    line.worstPauseMillis(),
                    line.usualPauseMillis(),
                    line.readsBefore(),
                    line.readsDuring(),
                    line.failed());
        }
        if (figures.catchUp().mebibytes() > 0) {
            out.printf(
                    "a returning node caught up with %d MiB at %.0f MiB/s%n",
                    figures.catchUp().mebibytes(), figures.catchUp().mebibytesPerSecond());
        }
        out.printf(
                "Medians of %d rounds, %d clients that write and read files of 4 KiB, %d ms between two.%n",
                figures.rounds(), clients, pause);
    }
}
