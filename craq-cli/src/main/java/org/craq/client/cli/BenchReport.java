package org.craq.client.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.craq.client.bench.MachineUse;
import org.craq.client.bench.Measurement;

/**
 * Formats measurements as tables for people, and as one JSON object for scripts, to which fields may be added but never
 * changed.
 */
final class BenchReport {
    private static final double MIB = 1L << 20;

    private BenchReport() {}

    static void print(List<Measurement> results, PrintWriter out) {
        rates(results, out);
        out.println();
        cpu(results, out);
        problems(results, out);
    }

    private static void rates(List<Measurement> results, PrintWriter out) {
        String row = "%-3s %7s %9s %8s %10s %10s %9s %9s %9s %7s%n";
        out.printf(row, "", "clients", "size", "seconds", "MiB/s", "ops/s", "p50 ms", "p99 ms", "p99.9 ms", "errors");
        for (Measurement result : results) {
            Measurement.Latency latency = result.latencyMicros();
            out.printf(
                    row,
                    result.workload(),
                    result.clients(),
                    ByteSize.text(result.fileBytes()),
                    text("%.1f", result.seconds()),
                    text("%.1f", result.mebibytesPerSecond()),
                    text("%.1f", result.operationsPerSecond()),
                    text("%.2f", latency.p50() / 1000.0),
                    text("%.2f", latency.p99() / 1000.0),
                    text("%.2f", latency.p999() / 1000.0),
                    result.errors());
        }
    }

    /** Prints one line for each process and one column for each workload. */
    private static void cpu(List<Measurement> results, PrintWriter out) {
        out.println(
                "CPU: seconds per GiB of user data; for W3 and R2, milliseconds per operation; heap: MiB in use at the"
                        + " end; idle and stolen: share of this machine's processor time that was idle or taken by other machines");
        Set<String> processes = new LinkedHashSet<>();
        results.forEach(result -> processes.addAll(result.cpuSeconds().keySet()));
        out.printf("%-10s", "");
        results.forEach(result -> out.printf(" %8s", result.workload()));
        out.printf(" %8s%n", "heap");
        for (String process : processes) {
            out.printf("%-10s", process);
            results.forEach(result ->
                    out.printf(" %8s", cost(result, result.cpuSeconds().get(process))));
            Long heap = results.get(results.size() - 1).heapBytes().get(process);
            out.printf(" %8s%n", heap == null ? "" : text("%.0f", heap / MIB));
        }
        out.printf("%-10s", "all");
        results.forEach(result -> out.printf(" %8s", cost(result, result.totalCpuSeconds())));
        out.println();
        shares("idle", results, MachineUse::idleShare, out);
        shares("stolen", results, MachineUse::stolenShare, out);
    }

    /** Prints shares of this machine's processor time, in percent. */
    private static void shares(
            String what, List<Measurement> results, ToDoubleFunction<MachineUse> share, PrintWriter out) {
        if (results.stream().anyMatch(result -> result.machine().isPresent())) {
            out.printf("%-10s", what);
            results.forEach(result -> out.printf(
                    " %8s",
                    result.machine()
                            .map(use -> text("%.0f %%", 100 * share.applyAsDouble(use)))
                            .orElse("")));
            out.println();
        }
    }

    private static String cost(Measurement result, Double cpu) {
        if (cpu == null || result.operations() == 0) {
            return "";
        }
        return result.workload().small()
                ? text("%.3f", result.millisPerOperation(cpu))
                : text("%.2f", result.perGibibyte(cpu));
    }

    private static void problems(List<Measurement> results, PrintWriter out) {
        Set<String> notCounted = new LinkedHashSet<>();
        results.forEach(result -> notCounted.addAll(result.notCounted()));
        notCounted.forEach(text -> out.println("not counted: " + text));
        for (Measurement result : results) {
            result.firstError()
                    .ifPresent(error -> out.println(result.workload() + ": " + result.errors()
                            + " operations failed, the first with: " + error));
        }
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    static String json(List<Measurement> results) {
        List<Map<String, Object>> list = new ArrayList<>();
        results.forEach(result -> list.add(fields(result)));
        return Json.text(Map.of("workloads", list));
    }

    /** Returns the fields that describe the machine, which several reports share. */
    static Map<String, Object> machine(MachineUse use) {
        return Map.of("busySeconds", use.busySeconds(), "idleShare", use.idleShare(), "stolenShare", use.stolenShare());
    }

    private static Map<String, Object> fields(Measurement result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("workload", result.workload().name());
        fields.put("clients", result.clients());
        fields.put("fileBytes", result.fileBytes());
        fields.put("seconds", result.seconds());
        fields.put("operations", result.operations());
        fields.put("bytes", result.bytes());
        fields.put("mebibytesPerSecond", result.mebibytesPerSecond());
        fields.put("operationsPerSecond", result.operationsPerSecond());
        fields.put("latencyMicros", result.latencyMicros());
        fields.put("errors", result.errors());
        result.firstError().ifPresent(error -> fields.put("firstError", error));
        fields.put("cpuSeconds", result.cpuSeconds());
        if (result.operations() > 0) {
            fields.put("cpuSecondsPerGibibyte", result.perGibibyte(result.totalCpuSeconds()));
            fields.put("cpuMillisPerOperation", result.millisPerOperation(result.totalCpuSeconds()));
        }
        fields.put("heapBytes", result.heapBytes());
        fields.put("notCounted", result.notCounted());
        result.machine().ifPresent(use -> fields.put("machine", machine(use)));
        return fields;
    }
}
