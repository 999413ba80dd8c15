import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reports what bench/growth has measured: tables for people on standard output and in growth.md, growth.json for programs,
 * and graphs. Arguments: the folder with the raw results, and the folder for the report.
 */
public final class Growth {
    private static final Pattern BY_SIZE = Pattern.compile("size-([0-9]+[KMG]?)-([0-9]+)[.]json");
    private static final Pattern BY_CLIENTS = Pattern.compile("clients-([0-9]+)[.]json");
    private static final Pattern BY_CHUNK = Pattern.compile("chunk-([0-9]+[KMG]?)[.]json");
    private static final Pattern BY_FILES = Pattern.compile("(?:files|fill)-([0-9]+)[.]json");
    private static final Pattern BY_VERSION = Pattern.compile("versions-(?:put|append)[.]json");
    /** Names of the measurements of one file's versions: put or append, with the numbers of the first and last version. */
    private static final Pattern VERSIONS = Pattern.compile("(put|append) [0-9]+ to ([0-9]+)");
    private static final Map<String, String> BY_CHUNK_NAMES = names("W1", "write 64 MiB", "R1", "read 64 MiB");
    private static final Map<String, String> BY_SIZE_NAMES = names("W1", "write, 1 client", "W2", "write, 4 clients", "R1", "read, 1 client", "R3", "read, 4 clients");
    private static final Map<String, String> BY_CLIENTS_NAMES = names("W3", "write 64 KiB", "R2", "read a range of 64 KiB");

    private Growth() {}

    /** One measurement: rates, latencies in ms, CPU time of all processes in ms per operation and in s/GiB. */
    record Point(double perSecond, double mebibytesPerSecond, double p50, double p99, double cpuMillis, double cpuPerGibibyte) {}

    public static void main(String[] args) throws IOException {
        Path raw = Path.of(args[0]);
        Path out = Path.of(args[1]);
        Map<String, TreeMap<Double, Point>> bySize = points(raw, BY_SIZE, BY_SIZE_NAMES);
        Map<String, TreeMap<Double, Point>> byClients = points(raw, BY_CLIENTS, BY_CLIENTS_NAMES);
        Map<String, TreeMap<Double, Point>> byChunk = points(raw, BY_CHUNK, BY_CHUNK_NAMES);
        Map<String, TreeMap<Double, Point>> byFiles = timings(raw, BY_FILES);
        Map<String, TreeMap<Double, Point>> byVersions = timings(raw, BY_VERSION);
        Map<String, String> machine = Results.pairs(raw.resolve("machine.tsv"));
        List<String> leftOut = Results.lines(raw.resolve("left-out.txt"));
        String text = Results.list(machine) + table("bytes of each file", bySize) + table("clients", byClients)
                + table("bytes of each chunk", byChunk) + table("files that are there", byFiles)
                + table("versions of the file", byVersions) + Results.leftOut(leftOut);
        System.out.print(text);
        Files.writeString(out.resolve("growth.md"), text);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("bySize", bySize);
        all.put("byClients", byClients);
        all.put("byChunk", byChunk);
        all.put("byFiles", byFiles);
        all.put("byVersions", byVersions);
        all.put("leftOut", leftOut);
        Files.writeString(out.resolve("growth.json"), Results.json(all));
        graph(bySize, "CPU of all processes for each operation", "bytes of each file", "ms", Point::cpuMillis, out, "growth-size-cpu");
        graph(bySize, "Time of each operation, median", "bytes of each file", "ms", Point::p50, out, "growth-size-latency");
        graph(byClients, "CPU of all processes for each operation", "clients", "ms", Point::cpuMillis, out, "growth-clients-cpu");
        graph(byClients, "Operations per second", "clients", "operations/s", Point::perSecond, out, "growth-clients-rate");
        graph(byChunk, "CPU of all processes for each byte", "bytes of each chunk", "s/GiB", Point::cpuPerGibibyte, out, "growth-chunk-cpu");
        graph(byFiles, "Time of each operation, median", "files that are there", "ms", Point::p50, out, "growth-files-latency");
        graph(byVersions, "Time of each version, median", "versions of the file", "ms", Point::p50, out, "growth-versions-latency");
    }

    private static Map<String, String> names(String... pairs) {
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            names.put(pairs[i], pairs[i + 1]);
        }
        return names;
    }

    private static Map<String, TreeMap<Double, Point>> points(Path raw, Pattern form, Map<String, String> names)
            throws IOException {
        Map<String, TreeMap<Double, Point>> lines = new LinkedHashMap<>();
        names.values().forEach(name -> lines.put(name, new TreeMap<>()));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(raw, "*.json")) {
            for (Path file : files) {
                Matcher name = form.matcher(file.getFileName().toString());
                Optional<JsonObject> result = Results.object(file);
                if (!name.matches() || result.isEmpty()) {
                    continue;
                }
                for (JsonElement each : result.get().getAsJsonArray("workloads")) {
                    JsonObject one = each.getAsJsonObject();
                    String line = names.get(one.get("workload").getAsString());
                    if (line != null && one.get("errors").getAsLong() == 0) {
                        lines.get(line).put(number(name.group(1)), point(one));
                    }
                }
            }
        }
        return lines;
    }

    /** Returns the measurements that have latencies only, by the number in the file's name or in the name of the measurement. */
    private static Map<String, TreeMap<Double, Point>> timings(Path raw, Pattern form) throws IOException {
        Map<String, TreeMap<Double, Point>> lines = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(raw, "*.json")) {
            for (Path file : files) {
                Matcher name = form.matcher(file.getFileName().toString());
                Optional<JsonObject> result = Results.object(file);
                if (!name.matches() || result.isEmpty()) {
                    continue;
                }
                for (JsonElement each : result.get().getAsJsonArray("timings")) {
                    JsonObject one = each.getAsJsonObject();
                    String what = one.get("what").getAsString();
                    Matcher versions = VERSIONS.matcher(what);
                    boolean ofVersions = versions.matches();
                    if (one.get("errors").getAsLong() == 0) {
                        lines.computeIfAbsent(ofVersions ? versions.group(1) : what, line -> new TreeMap<>())
                                .put(number(ofVersions ? versions.group(2) : name.group(1)), point(one));
                    }
                }
            }
        }
        return lines;
    }

    private static double number(String text) {
        int unit = "KMG".indexOf(text.charAt(text.length() - 1));
        String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
        return Double.parseDouble(digits) * Math.pow(1024, unit + 1);
    }

    private static Point point(JsonObject one) {
        JsonObject latency = one.getAsJsonObject("latencyMicros");
        return new Point(
                one.get("operationsPerSecond").getAsDouble(),
                figure(one, "mebibytesPerSecond"),
                latency.get("p50").getAsDouble() / 1000,
                latency.get("p99").getAsDouble() / 1000,
                figure(one, "cpuMillisPerOperation"),
                figure(one, "cpuSecondsPerGibibyte"));
    }

    /** Returns a figure, or 0 if it has not been measured. */
    private static double figure(JsonObject one, String name) {
        return one.has(name) ? one.get(name).getAsDouble() : 0;
    }

    private static String table(String across, Map<String, TreeMap<Double, Point>> lines) {
        if (lines.values().stream().allMatch(Map::isEmpty)) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        text.append("\n| | ").append(across);
        text.append(" | operations/s | MiB/s | p50 ms | p99 ms | CPU ms/operation | CPU s/GiB |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        lines.forEach((name, points) -> points.forEach((at, point) -> text.append(String.format(
                Locale.ROOT,
                "| %s | %.0f | %s | %s | %s | %s | %s | %s |%n",
                name,
                at,
                Spread.number(point.perSecond()),
                orNothing(point.mebibytesPerSecond()),
                Spread.number(point.p50()),
                Spread.number(point.p99()),
                orNothing(point.cpuMillis()),
                orNothing(point.cpuPerGibibyte())))));
        return text.toString();
    }

    private static String orNothing(double figure) {
        return figure == 0 ? "" : Spread.number(figure);
    }

    private static void graph(
            Map<String, TreeMap<Double, Point>> lines,
            String title,
            String across,
            String up,
            ToDoubleFunction<Point> value,
            Path out,
            String file)
            throws IOException {
        Chart chart = new Chart(title, across, up, true);
        lines.forEach((name, points) -> {
            Map<Double, Double> line = new TreeMap<>();
            points.forEach((at, point) -> line.put(at, value.applyAsDouble(point)));
            chart.line(name, line, false);
        });
        chart.write(out.resolve(file + ".svg"));
    }
}
