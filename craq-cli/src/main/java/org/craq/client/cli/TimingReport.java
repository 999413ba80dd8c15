package org.craq.client.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.craq.client.bench.Timing;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Formats timings as a table for people, and as one JSON object for scripts, to which fields may be added but never
 * changed.
 */
final class TimingReport {
    private static final int FAILED = 1;

    private TimingReport() {}

    /** Prints the timings and returns the exit code of the command. */
    static int show(List<Timing> timings, CraqCommand craq, CommandSpec spec) {
        PrintWriter out = spec.commandLine().getOut();
        if (craq.json()) {
            List<Map<String, Object>> list = new ArrayList<>();
            timings.forEach(timing -> list.add(fields(timing)));
            out.println(Json.text(Map.of("timings", list)));
        } else {
            print(timings, out);
        }
        return timings.stream().allMatch(timing -> timing.errors() == 0) ? 0 : FAILED;
    }

    static void print(List<Timing> timings, PrintWriter out) {
        String row = "%-26s %7s %9s %10s %10s %9s %9s %9s %7s%n";
        out.printf(row, "", "clients", "seconds", "operations", "ops/s", "p50 ms", "p99 ms", "p99.9 ms", "errors");
        for (Timing timing : timings) {
            out.printf(
                    row,
                    timing.what(),
                    timing.clients(),
                    text("%.1f", timing.seconds()),
                    timing.operations(),
                    text("%.1f", timing.operationsPerSecond()),
                    millis(timing.latencyMicros().p50()),
                    millis(timing.latencyMicros().p99()),
                    millis(timing.latencyMicros().p999()),
                    timing.errors());
        }
        timings.forEach(timing -> timing.firstError()
                .ifPresent(error -> out.println(
                        timing.what() + ": " + timing.errors() + " operations failed, the first with: " + error)));
    }

    private static String millis(long micros) {
        return text("%.2f", micros / 1000.0);
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    static Map<String, Object> fields(Timing timing) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("what", timing.what());
        fields.put("clients", timing.clients());
        fields.put("seconds", timing.seconds());
        fields.put("operations", timing.operations());
        fields.put("operationsPerSecond", timing.operationsPerSecond());
        fields.put("latencyMicros", timing.latencyMicros());
        fields.put("errors", timing.errors());
        timing.firstError().ifPresent(error -> fields.put("firstError", error));
        return fields;
    }
}
