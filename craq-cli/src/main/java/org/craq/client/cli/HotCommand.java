package org.craq.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.craq.client.CraqClient;
import org.craq.client.bench.HotFile;
import org.craq.client.bench.HotFileResult;
import org.craq.client.bench.HotFileSettings;
import org.craq.client.bench.Timing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq bench hot}: measures one file that is read and written concurrently. */
@Command(
        name = "hot",
        description = {
            "Measure one file that many clients read and write concurrently.",
            "The manager chooses the members that answer reads: with 'craq up --read-policy spread', all members do."
        })
final class HotCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @ParentCommand
    private BenchCommand bench;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "64K",
            converter = ByteSize.Converter.class,
            description = "Size of the file. Default: ${DEFAULT-VALUE}.")
    private ByteSize size;

    @Option(
            names = "--readers",
            paramLabel = "N",
            defaultValue = "10",
            description = "Number of concurrent readers. Default: ${DEFAULT-VALUE}.")
    private int readers;

    @Option(
            names = "--writers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of concurrent writers. Default: ${DEFAULT-VALUE}.")
    private int writers;

    @Mixin
    private SpanOptions span;

    @Override
    public Integer call() throws IOException, InterruptedException {
        HotFileSettings settings = settings();
        HotFileResult result;
        try (CraqClient client = bench.craq().client();
                Stages stages = new Stages(bench.craq().streams());
                HotFile file = new HotFile(client, bench.craq().http(), settings, bench.known(), stages)) {
            result = file.measure();
        }
        PrintWriter out = spec.commandLine().getOut();
        if (bench.craq().json()) {
            out.println(Json.text(fields(result)));
        } else {
            print(result, out);
        }
        return result.reads().errors() + result.writes().errors() == 0 ? 0 : FAILED;
    }

    private HotFileSettings settings() {
        try {
            return new HotFileSettings(size.bytes(), readers, writers, span.measured(), span.warmUp());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    private static void print(HotFileResult result, PrintWriter out) {
        TimingReport.print(timings(result), out);
        out.printf(
                Locale.ROOT,
                "MiB/s: reads %.1f, writes %.1f%n",
                result.rate(result.reads()),
                result.rate(result.writes()));
        out.println("reads answered by: " + (result.readsByNode().isEmpty() ? "nobody" : result.readsByNode()));
        result.cpuSeconds().forEach((process, used) -> out.printf(Locale.ROOT, "CPU of %s: %.2f s%n", process, used));
        result.machine()
                .ifPresent(use -> out.printf(
                        Locale.ROOT,
                        "this machine's processors: %.0f %% idle, %.0f %% taken by other machines%n",
                        100 * use.idleShare(),
                        100 * use.stolenShare()));
        result.notCounted().forEach(text -> out.println("not counted: " + text));
    }

    private static List<Timing> timings(HotFileResult result) {
        return Stream.of(result.reads(), result.writes())
                .filter(timing -> timing.clients() > 0)
                .toList();
    }

    private static Map<String, Object> fields(HotFileResult result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("fileBytes", result.fileBytes());
        for (Timing timing : timings(result)) {
            Map<String, Object> own = TimingReport.fields(timing);
            own.put("mebibytesPerSecond", result.rate(timing));
            fields.put(timing.what(), own);
        }
        fields.put("readsByNode", result.readsByNode());
        fields.put("cpuSeconds", result.cpuSeconds());
        result.machine().ifPresent(use -> fields.put("machine", BenchReport.machine(use)));
        fields.put("notCounted", result.notCounted());
        return fields;
    }
}
