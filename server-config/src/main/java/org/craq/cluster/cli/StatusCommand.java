package org.craq.cluster.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.craq.client.cli.CraqCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code craq status}: shows the chain and its servers. */
@Command(
        name = "status",
        description =
                "Show the chain and its servers. The exit code is 0 if all of them are up and serve, otherwise 1.")
final class StatusCommand implements Callable<Integer> {
    private static final String ROW = "%-9s %-7s %-13s %-8s %9s %12s  %-22s %s%n";
    /** Length of the day in an instant such as 2027-01-02T03:04:05Z. */
    private static final int DAY_LENGTH = 10;

    private static final Gson JSON = new GsonBuilder()
            .disableHtmlEscaping()
            .serializeNulls()
            .registerTypeHierarchyAdapter(
                    Path.class, (JsonSerializer<Path>) (path, type, context) -> new JsonPrimitive(path.toString()))
            .create();

    @Mixin
    private ClusterFolder folder;

    @ParentCommand
    private CraqCommand craq;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ClusterReport report = ClusterReport.of(folder.cluster());
        if (craq.json()) {
            out.println(JSON.toJson(report));
        } else {
            print(report, out);
        }
        return report.healthy() ? 0 : 1;
    }

    static void print(ClusterReport report, PrintWriter out) {
        if (report.chains().isEmpty()) {
            out.println(
                    report.managers().stream().anyMatch(ClusterReport.Server::leading)
                            ? "no chain yet: the manager is waiting for its nodes"
                            : "the chain is not known: no leading manager answers");
        }
        report.chains().forEach(chain -> out.println(line(chain)));
        out.println();
        out.printf(ROW, "", "role", "process", "serving", "last seq", "commit mark", "REST", "gRPC");
        for (ClusterReport.Server manager : report.managers()) {
            out.printf(
                    ROW,
                    manager.id(),
                    manager.leading() ? "leader" : manager.answers() ? "standby" : "",
                    process(manager.pid()),
                    "",
                    "",
                    "",
                    manager.httpUrl(),
                    manager.grpcAddress());
        }
        for (ClusterReport.Node node : report.nodes()) {
            out.printf(
                    ROW,
                    node.nodeId(),
                    node.spare() ? "spare" : orNothing(node.role()),
                    process(node.pid()),
                    node.serving() ? "yes" : "no",
                    orNothing(node.lastSeq()),
                    orNothing(node.commitMark()),
                    node.httpUrl(),
                    node.grpcAddress());
        }
        String database = "127.0.0.1:" + report.database().port();
        out.printf(ROW, "postgres", "", process(report.database().pid()), "", "", "", "", database);
        certificates(report, Instant.now()).forEach(out::println);
    }

    /** Returns lines about certificates: which expires first, and which changed files are not used. */
    static List<String> certificates(ClusterReport report, Instant now) {
        Map<String, ClusterReport.Certificates> all = new LinkedHashMap<>();
        report.managers().forEach(manager -> all.put(manager.id(), manager.certificates()));
        report.nodes().forEach(node -> all.put(node.nodeId(), node.certificates()));
        all.values().removeIf(Objects::isNull);
        List<String> lines = new ArrayList<>();
        // Instants in this form have the order of their texts.
        all.entrySet().stream()
                .min(Map.Entry.comparingByValue(Comparator.comparing(ClusterReport.Certificates::expires)))
                .ifPresent(first -> lines.add("certificates: the first expires "
                        + until(first.getValue().expires(), now) + " (" + first.getKey() + "), the CA "
                        + until(first.getValue().authoritiesExpire(), now)));
        all.forEach((id, certificates) -> {
            if (!certificates.reloadFailure().isEmpty()) {
                lines.add(id + " does not use its changed certificate files: " + certificates.reloadFailure());
            }
        });
        return lines;
    }

    private static String until(String instant, Instant now) {
        long days = ChronoUnit.DAYS.between(now, Instant.parse(instant));
        return instant.substring(0, DAY_LENGTH) + ", in " + days + " days";
    }

    /** Draws the chain in one line. */
    static String line(ClusterReport.Chain chain) {
        String members = chain.members().stream()
                .map(member -> member.nodeId() + " " + orNothing(member.role())
                        + (Boolean.FALSE.equals(member.complete()) ? " (catching up)" : ""))
                .collect(Collectors.joining(" -> "));
        String note = Optional.ofNullable(chain.note())
                .filter(text -> !text.isBlank())
                .map(text -> "  (" + text + ")")
                .orElse("");
        return "chain " + chain.chainId() + ", epoch " + chain.epoch() + ": "
                + (members.isEmpty() ? "no members yet" : members) + note;
    }

    private static String process(Long pid) {
        return pid == null ? "down" : "up, " + pid;
    }

    private static String orNothing(Object value) {
        return value == null ? "" : value.toString();
    }
}
