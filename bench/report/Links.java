import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reports what bench/links has measured: a table for people on standard output and in links.md, links.json for programs,
 * and graphs. Arguments: the folder with the raw results, and the folder for the report.
 */
public final class Links {
    /** Names of the raw results: NODES-KIND-RUN.json. */
    private static final Pattern FILE = Pattern.compile("([0-9]+)-([a-z]+[0-9]*)-[0-9]+[.]json");

    /** The paper's results for its own prototype, relative to reads from the tail only. */
    private static final Map<Double, Double> PAPER_READS = Map.of(1.0, 1.0, 3.0, 2.91, 5.0, 4.84, 7.0, 6.76);

    private static final Map<Double, Double> PAPER_MIXED = Map.of(1.0, 1.0, 3.0, 1.95);
    private static final Map<Double, Double> PAPER_WRITES = Map.of(3.0, 1.0, 5.0, 0.907, 7.0, 0.823);

    private Links() {}

    /** The results of one kind of measurement for one length of the chain. */
    record Point(
            Optional<Spread> readRate,
            Optional<Spread> writeRate,
            Optional<Spread> readMillis,
            Optional<Spread> writeMillis,
            Optional<Spread> readMillis99,
            Optional<Spread> writeMillis99,
            Optional<Spread> usedProcessors,
            Optional<Spread> idleShare) {}

    public static void main(String[] args) throws IOException {
        Path raw = Path.of(args[0]);
        Path out = Path.of(args[1]);
        Map<String, TreeMap<Integer, Point>> kinds = points(raw);
        Map<String, String> machine = Results.pairs(raw.resolve("machine.tsv"));
        List<String> leftOut = Results.lines(raw.resolve("left-out.txt"));
        String text = Results.list(machine) + throughput(kinds) + latency(kinds) + Results.leftOut(leftOut);
        System.out.print(text);
        Files.writeString(out.resolve("links.md"), text);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("measurements", kinds);
        all.put("leftOut", leftOut);
        Files.writeString(out.resolve("links.json"), Results.json(all));
        graphs(kinds, out);
    }

    private static Map<String, TreeMap<Integer, Point>> points(Path raw) throws IOException {
        Map<String, TreeMap<Integer, List<JsonObject>>> results = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(raw, "*.json")) {
            for (Path file : files) {
                Matcher name = FILE.matcher(file.getFileName().toString());
                Optional<JsonObject> result = Results.object(file).filter(Links::withoutErrors);
                if (name.matches() && result.isPresent()) {
                    results.computeIfAbsent(name.group(2), kind -> new TreeMap<>())
                            .computeIfAbsent(Integer.valueOf(name.group(1)), nodes -> new ArrayList<>())
                            .add(result.get());
                }
            }
        }
        Map<String, TreeMap<Integer, Point>> kinds = new TreeMap<>();
        results.forEach((kind, byNodes) -> byNodes.forEach((nodes, runs) ->
                kinds.computeIfAbsent(kind, any -> new TreeMap<>()).put(nodes, point(runs))));
        return kinds;
    }

    private static boolean withoutErrors(JsonObject result) {
        return parts(result).stream().allMatch(part -> part.get("errors").getAsLong() == 0);
    }

    private static List<JsonObject> parts(JsonObject result) {
        List<JsonObject> parts = new ArrayList<>();
        for (String name : List.of("reads", "writes")) {
            if (result.has(name)) {
                parts.add(result.getAsJsonObject(name));
            }
        }
        if (result.has("workloads")) {
            result.getAsJsonArray("workloads").forEach(each -> parts.add(each.getAsJsonObject()));
        }
        return parts;
    }

    private static Point point(List<JsonObject> runs) {
        return new Point(
                spread(runs, "reads", "mebibytesPerSecond"),
                spread(runs, "writes", "mebibytesPerSecond").or(() -> spread(runs, "workloads", "mebibytesPerSecond")),
                spread(runs, "reads", "latencyMicros", "p50").map(Links::millis),
                spread(runs, "writes", "latencyMicros", "p50").map(Links::millis),
                spread(runs, "reads", "latencyMicros", "p99").map(Links::millis),
                spread(runs, "writes", "latencyMicros", "p99").map(Links::millis),
                Optional.of(Spread.of(runs.stream().map(Links::usedProcessors).toList())),
                spread(runs, "machine", "idleShare").or(() -> spread(runs, "workloads", "machine", "idleShare")));
    }

    /** Returns the number of processors that the cluster and its clients used. */
    private static double usedProcessors(JsonObject run) {
        double used = 0;
        double seconds = 0;
        for (JsonObject part : parts(run)) {
            seconds = Math.max(seconds, part.get("seconds").getAsDouble());
        }
        JsonObject cpu = (run.has("workloads") ? run.getAsJsonArray("workloads").get(0).getAsJsonObject() : run)
                .getAsJsonObject("cpuSeconds");
        for (String process : cpu.keySet()) {
            used += cpu.get(process).getAsDouble();
        }
        return seconds == 0 ? 0 : used / seconds;
    }

    private static Spread millis(Spread micros) {
        return new Spread(micros.median() / 1000, micros.min() / 1000, micros.max() / 1000, micros.runs());
    }

    /** Summarizes the runs that have a number at that path; in a list, the first element is used. */
    private static Optional<Spread> spread(List<JsonObject> runs, String... path) {
        List<Double> values = new ArrayList<>();
        for (JsonObject run : runs) {
            JsonElement place = run;
            for (String step : path) {
                if (place != null && place.isJsonArray()) {
                    place = place.getAsJsonArray().get(0);
                }
                place = place == null ? null : place.getAsJsonObject().get(step);
            }
            if (place != null && place.isJsonPrimitive()) {
                values.add(place.getAsDouble());
            }
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
    }

    private static String throughput(Map<String, TreeMap<Integer, Point>> kinds) {
        StringBuilder text = new StringBuilder();
        text.append("\nThroughput, MiB/s: median (smallest–largest) of the runs; in brackets, reads relative to one node and writes "
                + "relative to three nodes.\n");
        text.append("\n| nodes | reads | reads, one writer | its writes | reads, 8 writers | their writes | writes alone "
                + "| processors used, and idle share of all: reads, mixed, mixed, writes |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        Optional<Double> one = rate(kinds, "reads", 1, false);
        Optional<Double> three = rate(kinds, "writes", 3, true);
        TreeMap<Integer, Point> all = new TreeMap<>();
        List.of("reads", "mixed1", "mixed8", "writes").forEach(kind -> all.putAll(kinds.getOrDefault(kind, new TreeMap<>())));
        for (int nodes : all.keySet()) {
            text.append("| ").append(nodes);
            cell(text, kinds, "reads", nodes, false, one);
            cell(text, kinds, "mixed1", nodes, false, one);
            cell(text, kinds, "mixed1", nodes, true, Optional.empty());
            cell(text, kinds, "mixed8", nodes, false, one);
            cell(text, kinds, "mixed8", nodes, true, Optional.empty());
            cell(text, kinds, "writes", nodes, true, three);
            List<String> idle = new ArrayList<>();
            for (String kind : List.of("reads", "mixed1", "mixed8", "writes")) {
                idle.add(at(kinds, kind, nodes)
                        .flatMap(point -> point.idleShare()
                                .map(share -> String.format(
                                        Locale.ROOT,
                                        "%.1f/%.0f %%",
                                        point.usedProcessors().orElseThrow().median(),
                                        100 * share.median())))
                        .orElse("-"));
            }
            text.append(" | ").append(String.join(", ", idle)).append(" |\n");
        }
        return all.isEmpty() ? "" : text.toString();
    }

    private static void cell(
            StringBuilder text,
            Map<String, TreeMap<Integer, Point>> kinds,
            String kind,
            int nodes,
            boolean writes,
            Optional<Double> base) {
        text.append(" | ");
        at(kinds, kind, nodes).flatMap(writes ? Point::writeRate : Point::readRate).ifPresent(rate -> {
            text.append(rate.text());
            base.ifPresent(value -> text.append(String.format(Locale.ROOT, " [%.2f]", rate.median() / value)));
        });
    }

    private static Optional<Point> at(Map<String, TreeMap<Integer, Point>> kinds, String kind, int nodes) {
        return Optional.ofNullable(kinds.getOrDefault(kind, new TreeMap<>()).get(nodes));
    }

    private static Optional<Double> rate(
            Map<String, TreeMap<Integer, Point>> kinds, String kind, int nodes, boolean writes) {
        return at(kinds, kind, nodes)
                .flatMap(writes ? Point::writeRate : Point::readRate)
                .map(Spread::median);
    }

    private static String latency(Map<String, TreeMap<Integer, Point>> kinds) {
        StringBuilder text = new StringBuilder();
        text.append("\nLatency without other load, ms: medians of the runs' p50 and p99. A dirty read is one while another "
                + "client writes the same file without pause.\n");
        text.append("\n| bytes | nodes | clean read | dirty read | write |\n| --- | --- | --- | --- | --- |\n");
        boolean any = false;
        for (String bytes : List.of("500", "5000")) {
            for (int nodes : kinds.getOrDefault("clean" + bytes, new TreeMap<>()).keySet()) {
                any = true;
                text.append(String.format(
                        "| %s | %d | %s | %s | %s |%n",
                        bytes,
                        nodes,
                        times(at(kinds, "clean" + bytes, nodes), false),
                        times(at(kinds, "dirty" + bytes, nodes), false),
                        times(at(kinds, "write" + bytes, nodes), true)));
            }
        }
        return any ? text.toString() : "";
    }

    private static String times(Optional<Point> point, boolean writes) {
        Optional<Spread> half = point.flatMap(writes ? Point::writeMillis : Point::readMillis);
        Optional<Spread> most = point.flatMap(writes ? Point::writeMillis99 : Point::readMillis99);
        return half.isEmpty()
                ? ""
                : Spread.number(half.get().median()) + ", " + Spread.number(most.orElseThrow().median());
    }

    private static void graphs(Map<String, TreeMap<Integer, Point>> kinds, Path out) throws IOException {
        Optional<Double> one = rate(kinds, "reads", 1, false);
        if (one.isPresent()) {
            Chart reads = new Chart(
                    "Strong reads with limited links, relative to one node", "nodes in the chain", "times as much", false);
            reads.line("reads", relative(kinds, "reads", false, one.get()), false);
            reads.line("reads, one writer", relative(kinds, "mixed1", false, one.get()), false);
            reads.line("reads, 8 writers", relative(kinds, "mixed8", false, one.get()), false);
            reads.line("the paper: reads", PAPER_READS, true);
            reads.line("the paper: writes saturating", PAPER_MIXED, true);
            reads.write(out.resolve("links-reads.svg"));
        }
        Optional<Double> three = rate(kinds, "writes", 3, true);
        if (three.isPresent()) {
            Chart writes = new Chart(
                    "Writes with limited links, relative to three nodes", "nodes in the chain", "times as much", false);
            writes.line("writes", relative(kinds, "writes", true, three.get()), false);
            writes.line("the paper: writes", PAPER_WRITES, true);
            writes.write(out.resolve("links-writes.svg"));
        }
    }

    private static Map<Double, Double> relative(
            Map<String, TreeMap<Integer, Point>> kinds, String kind, boolean writes, double base) {
        Map<Double, Double> relative = new TreeMap<>();
        kinds.getOrDefault(kind, new TreeMap<>())
                .forEach((nodes, point) -> (writes ? point.writeRate() : point.readRate())
                        .ifPresent(rate -> relative.put((double) nodes, rate.median() / base)));
        return relative;
    }
}
