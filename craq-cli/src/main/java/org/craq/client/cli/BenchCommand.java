package org.craq.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.craq.client.CraqClient;
import org.craq.client.PutOptions;
import org.craq.client.bench.Bench;
import org.craq.client.bench.BenchSettings;
import org.craq.client.bench.LocalProcesses;
import org.craq.client.bench.LocalProcesses.Known;
import org.craq.client.bench.Measurement;
import org.craq.client.bench.Workload;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq bench}: measures a cluster. */
@Command(
        name = "bench",
        subcommands = {FillCommand.class, LookCommand.class, HotCommand.class, ManyVersionsCommand.class},
        description = {
            "Measure a cluster: rates, latencies, and the CPU time of its processes.",
            "Every byte that is read is checked. The files are removed at the end; until then W1 and W2 take up the write rate"
                    + " times the seconds, and R1, R2 and R3 1 GiB each."
        },
        footerHeading = "%nWorkloads:%n",
        footer = {
            "  W1  one client writes streams of 1 GiB, one after the other",
            "  W2  16 clients write streams of 64 MiB",
            "  W3  16 clients write new files of 64 KiB, each durable before the next begins",
            "  R1  one client reads streams of 1 GiB, one after the other",
            "  R2  16 clients read random ranges of 64 KiB from a file of 1 GiB",
            "  R3  16 clients read streams of 64 MiB"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final String CLIENT = "client";
    private static final String REST = "rest";

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "WORKLOAD", arity = "0..*", description = "W1 W2 W3 R1 R2 R3, or all. Default: all.")
    private List<String> names = List.of("all");

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description = "Size of each file in place of the workload's own, for example 64K, 16M or 1G.")
    private ByteSize size;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "Number of clients of W2, W3, R2 and R3. Default: 16. W1 and R1 have one client.")
    private Integer clients;

    @Option(
            names = "--chunk-size",
            paramLabel = "SIZE",
            converter = ByteSize.Converter.class,
            description = "Chunk size of the files that are written, 4K to 1M. Default: 1M.")
    private ByteSize chunkSize;

    @Option(
            names = "--face",
            paramLabel = "FACE",
            description =
                    "How the files are written and read. client: by the Java client, the default. rest: by HTTP, written"
                            + " at the head and read from each node in turn.")
    private String face = CLIENT;

    @Mixin
    private SpanOptions span;

    @Option(
            names = "--once",
            description =
                    "With W1, W2, R1 and R3: each client transfers only one stream. The measurement lasts as long as"
                            + " the slowest client.")
    private boolean once;

    @Option(
            names = "--manager-url",
            paramLabel = "URL",
            split = ",",
            description =
                    "REST address of each manager, for measuring its CPU time. Found automatically for a cluster that"
                            + " was started here by 'craq up'.")
    private List<String> managerUrls = List.of();

    @Option(
            names = "--database-pid",
            paramLabel = "PID",
            description = "Process id of the database server, for measuring its CPU time, if it runs on this machine."
                    + " Found automatically for a cluster that was started here by 'craq up'.")
    private Long databasePid;

    private LocalProcesses local = managers -> Known.nothing();

    CraqCommand craq() {
        return craq;
    }

    /** Sets the source of what is known about clusters on this machine. */
    public void localProcesses(LocalProcesses processes) {
        local = processes;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Set<Workload> workloads = workloads();
        BenchSettings settings = settings(workloads);
        List<Measurement> results = new ArrayList<>();
        try (CraqClient client = craq.client();
                Stages stages = new Stages(craq.streams());
                Bench bench = new Bench(client, craq.http(), settings, known(), stages)) {
            for (Workload workload : workloads) {
                results.add(bench.measure(workload));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (craq.json()) {
            out.println(BenchReport.json(results));
        } else {
            BenchReport.print(results, out);
        }
        return results.stream().allMatch(result -> result.errors() == 0) ? 0 : FAILED;
    }

    private Set<Workload> workloads() {
        Set<Workload> chosen = EnumSet.noneOf(Workload.class);
        for (String name : names) {
            if (name.equalsIgnoreCase("all")) {
                chosen.addAll(EnumSet.allOf(Workload.class));
            } else {
                chosen.add(Arrays.stream(Workload.values())
                        .filter(each -> each.name().equals(name.toUpperCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() ->
                                wrong("unknown workload '" + name + "'; choose from W1 W2 W3 R1 R2 R3" + " and all")));
            }
        }
        return chosen;
    }

    private BenchSettings settings(Set<Workload> workloads) {
        if (!face.equals(CLIENT) && !face.equals(REST)) {
            throw wrong("unknown face '" + face + "'; choose " + CLIENT + " or " + REST);
        }
        try {
            BenchSettings settings = new BenchSettings(
                    size == null ? OptionalLong.empty() : OptionalLong.of(size.bytes()),
                    clients == null ? OptionalInt.empty() : OptionalInt.of(clients),
                    chunkSize == null ? PutOptions.MAX_CHUNK_SIZE : chunkSize.bytes(),
                    span.measured(),
                    span.warmUp(),
                    once,
                    face.equals(REST));
            workloads.forEach(settings::check);
            return settings;
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    /** Returns what is known of the cluster in addition to what it reports itself. */
    Known known() {
        Known found = local.of(List.of(craq.manager().split(",")));
        return new Known(
                managerUrls.isEmpty() ? found.managerUrls() : managerUrls,
                Optional.ofNullable(databasePid).or(found::databasePid));
    }

    private ParameterException wrong(String text) {
        return new ParameterException(spec.commandLine(), text);
    }
}
