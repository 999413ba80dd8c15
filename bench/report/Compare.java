import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reports what bench/compare has measured: a table for people on standard output and in compare.md, and compare.json for
 * programs. Arguments: the folder with the raw results, and the folder for the report.
 */
public final class Compare {
    private static final String OURS = "craq";
    private static final List<String> WORKLOADS = List.of("W1", "W2", "W3", "R1", "R2", "R3");
    private static final List<String> SMALL = List.of("W3", "R2");
    /** The goals, as ratios to the best of the other systems. */
    private static final Map<String, Double> AIMS =
            Map.of("W1", 1.5, "W2", 1.5, "W3", 2.0, "R1", 1.0, "R2", 1.5, "R3", 1.0);

    private static final double AIM_OF_DISK = 0.85;

    private Compare() {}

    /** The result of one system in one workload: rate in MiB/s, or operations/s in small ones; cost in CPU-s/GiB or ms/operation. */
    record Cell(Spread rate, Optional<Spread> cost, Optional<Spread> p50, Optional<Spread> p99) {}

    public static void main(String[] args) throws IOException {
        Path raw = Path.of(args[0]);
        Path out = Path.of(args[1]);
        Map<String, Map<String, Cell>> systems = new LinkedHashMap<>();
        ours(raw).ifPresent(cells -> systems.put(OURS, cells));
        systems.putAll(others(raw));
        Map<String, Spread> disk = disk(raw);
        Map<String, String> machine = Results.pairs(raw.resolve("machine.tsv"));
        List<String> leftOut = Results.lines(raw.resolve("left-out.txt"));
        String text = markdown(systems, disk, machine, leftOut, Results.lines(raw.resolve("load.tsv")));
        System.out.print(text);
        Files.writeString(out.resolve("compare.md"), text);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("systems", systems);
        all.put("disk", disk);
        all.put("ratios", ratios(systems, disk));
        all.put("leftOut", leftOut);
        Files.writeString(out.resolve("compare.json"), Results.json(all));
    }

    /** Reads the files craq-RUN-PART.json, each of which is the output of one call of 'craq bench'. */
    private static Optional<Map<String, Cell>> ours(Path raw) throws IOException {
        Map<String, List<JsonObject>> runs = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(raw, "craq-*.json")) {
            for (Path file : files) {
                String text = Files.readString(file);
                if (text.isBlank()) {
                    continue;
                }
                for (JsonElement each : JsonParser.parseString(text).getAsJsonObject().getAsJsonArray("workloads")) {
                    JsonObject result = each.getAsJsonObject();
                    if (result.get("errors").getAsLong() == 0) {
                        runs.computeIfAbsent(result.get("workload").getAsString(), name -> new ArrayList<>())
                                .add(result);
                    }
                }
            }
        }
        Map<String, Cell> cells = new TreeMap<>();
        runs.forEach((workload, results) -> {
            boolean small = SMALL.contains(workload);
            cells.put(
                    workload,
                    new Cell(
                            over(results, one -> number(one, small ? "operationsPerSecond" : "mebibytesPerSecond")),
                            Optional.of(over(
                                    results,
                                    one -> number(one, small ? "cpuMillisPerOperation" : "cpuSecondsPerGibibyte"))),
                            small ? Optional.of(over(results, one -> latency(one, "p50"))) : Optional.empty(),
                            small ? Optional.of(over(results, one -> latency(one, "p99"))) : Optional.empty()));
        });
        return cells.isEmpty() ? Optional.empty() : Optional.of(cells);
    }

    private static Spread over(List<JsonObject> results, Function<JsonObject, Double> value) {
        return Spread.of(results.stream().map(value).toList());
    }

    private static double number(JsonObject object, String field) {
        return object.get(field).getAsDouble();
    }

    private static double latency(JsonObject result, String which) {
        return number(result.getAsJsonObject("latencyMicros"), which) / 1000;
    }

    /** Reads lines such as "ceph W1 mib_s=192 mib_s_min=180 mib_s_max=201 cpu_s_gib=8.3 runs=5". */
    private static Map<String, Map<String, Cell>> others(Path raw) throws IOException {
        Map<String, Map<String, Cell>> systems = new LinkedHashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(raw, "peer-*.txt")) {
            for (Path file : files) {
                for (String line : Files.readAllLines(file)) {
                    String[] words = line.split(" ");
                    if (words.length < 3 || !WORKLOADS.contains(words[1])) {
                        continue;
                    }
                    Map<String, Double> said = new LinkedHashMap<>();
                    for (String word : Arrays.asList(words).subList(2, words.length)) {
                        String[] pair = word.split("=", 2);
                        said.put(pair[0], Double.valueOf(pair[1]));
                    }
                    systems.computeIfAbsent(words[0], name -> new TreeMap<>()).put(words[1], cell(words[1], said));
                }
            }
        }
        return systems;
    }

    private static Cell cell(String workload, Map<String, Double> said) {
        boolean small = SMALL.contains(workload);
        return new Cell(
                spread(said, small ? "ops_s" : "mib_s").orElseThrow(),
                spread(said, small ? "cpu_ms_op" : "cpu_s_gib"),
                spread(said, "p50_ms"),
                spread(said, "p99_ms"));
    }

    private static Optional<Spread> spread(Map<String, Double> said, String metric) {
        if (!said.containsKey(metric)) {
            return Optional.empty();
        }
        double median = said.get(metric);
        double min = said.getOrDefault(metric + "_min", median);
        double max = said.getOrDefault(metric + "_max", median);
        int runs = said.containsKey(metric + "_min") ? said.getOrDefault("runs", 1.0).intValue() : 1;
        return Optional.of(new Spread(median, min, max, runs));
    }

    /** Returns the rates of the disk by request size. */
    private static Map<String, Spread> disk(Path raw) throws IOException {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        for (String line : Results.lines(raw.resolve("limit.tsv"))) {
            String[] fields = line.split("\t");
            rates.computeIfAbsent(fields[0], size -> new ArrayList<>()).add(Double.valueOf(fields[1]));
        }
        Map<String, Spread> disk = new LinkedHashMap<>();
        rates.forEach((size, values) -> disk.put(size, Spread.of(values)));
        return disk;
    }

    /** Returns true for systems with three copies that survive a power failure; only these are used for ratios. */
    private static boolean comparable(String system) {
        return !system.equals(OURS)
                && !system.endsWith("-nosync")
                && !system.startsWith("localfs")
                && !system.startsWith("pg-");
    }

    private static Map<String, Map<String, Object>> ratios(
            Map<String, Map<String, Cell>> systems, Map<String, Spread> disk) {
        Map<String, Map<String, Object>> ratios = new LinkedHashMap<>();
        Map<String, Cell> ours = systems.getOrDefault(OURS, Map.of());
        for (String workload : WORKLOADS) {
            Cell cell = ours.get(workload);
            Optional<String> best = systems.keySet().stream()
                    .filter(Compare::comparable)
                    .filter(name -> systems.get(name).containsKey(workload))
                    .max((a, b) -> Double.compare(rate(systems, a, workload), rate(systems, b, workload)));
            if (cell != null && best.isPresent()) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("best", best.get());
                row.put("ratio", cell.rate().median() / rate(systems, best.get(), workload));
                row.put("aim", AIMS.get(workload));
                ratios.put(workload, row);
            }
        }
        Optional<Spread> fastest = fastest(disk);
        if (fastest.isPresent() && ours.containsKey("W1")) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("best", "disk, 3 copies");
            row.put("ratio", ours.get("W1").rate().median() / fastest.get().median());
            row.put("aim", AIM_OF_DISK);
            ratios.put("W1 of the disk", row);
        }
        return ratios;
    }

    private static Optional<Spread> fastest(Map<String, Spread> disk) {
        return disk.values().stream().max((a, b) -> Double.compare(a.median(), b.median()));
    }

    private static double rate(Map<String, Map<String, Cell>> systems, String name, String workload) {
        return systems.get(name).get(workload).rate().median();
    }

    private static String markdown(
            Map<String, Map<String, Cell>> systems,
            Map<String, Spread> disk,
            Map<String, String> machine,
            List<String> leftOut,
            List<String> load) {
        StringBuilder text = new StringBuilder();
        text.append("Three copies on one machine; median (smallest–largest) of the runs.\n\n");
        text.append(Results.list(machine));
        table(text, "Rates: MiB/s; W3 and R2 operations/s", systems, cell -> Optional.of(cell.rate()));
        if (!disk.isEmpty()) {
            text.append("\nThe disk alone, three copies that bypass the page cache, MiB/s of user data: ");
            text.append(String.join(
                    ", ",
                    disk.entrySet().stream()
                            .map(each -> each.getKey() + " " + each.getValue().text())
                            .toList()));
            text.append('\n');
        }
        table(text, "CPU of all processes: s/GiB; W3 and R2 ms/operation", systems, Cell::cost);
        table(text, "p50, ms", systems, Cell::p50);
        table(text, "p99, ms", systems, Cell::p99);
        Map<String, Map<String, Object>> ratios = ratios(systems, disk);
        text.append(ratios.isEmpty() ? "" : "\n| | ratio | to | aim | |\n| --- | --- | --- | --- | --- |\n");
        ratios.forEach((name, row) -> {
            double ratio = (Double) row.get("ratio");
            double aim = (Double) row.get("aim");
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %s | %.2f | %s |%n",
                    name,
                    ratio,
                    row.get("best"),
                    aim,
                    ratio >= aim ? "reached" : "missed"));
        });
        text.append("\n| while it ran | load average at the end | stolen |\n| --- | --- | --- |\n");
        for (String line : load) {
            String[] fields = line.split("\t");
            text.append(String.format("| %s | %s | %s %% |%n", fields[0], fields[1], fields[2]));
        }
        return text.append(Results.leftOut(leftOut)).toString();
    }

    private static void table(
            StringBuilder text,
            String title,
            Map<String, Map<String, Cell>> systems,
            Function<Cell, Optional<Spread>> value) {
        List<String> columns = WORKLOADS.stream()
                .filter(workload -> systems.values().stream()
                        .map(cells -> cells.get(workload))
                        .anyMatch(cell -> cell != null && value.apply(cell).isPresent()))
                .toList();
        if (columns.isEmpty()) {
            return;
        }
        text.append("\n| ").append(title).append(" | ").append(String.join(" | ", columns)).append(" |\n");
        text.append("| --- |").append(" --- |".repeat(columns.size())).append('\n');
        systems.forEach((name, cells) -> {
            List<String> row = new ArrayList<>();
            row.add(name);
            columns.forEach(workload -> row.add(Optional.ofNullable(cells.get(workload))
                    .flatMap(value)
                    .map(Spread::text)
                    .orElse("")));
            if (row.stream().skip(1).anyMatch(field -> !field.isEmpty())) {
                text.append("| ").append(String.join(" | ", row)).append(" |\n");
            }
        });
    }
}
