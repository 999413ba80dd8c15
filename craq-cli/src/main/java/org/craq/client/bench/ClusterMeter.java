package org.craq.client.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.craq.client.ClusterHttp;
import org.craq.client.CraqClient;
import org.craq.client.MemberInfo;
import org.craq.client.rest.Authorization;

/**
 * Reads how much CPU time every process of a cluster has used: of nodes and managers from their status pages, of the
 * database and this process from the operating system.
 */
final class ClusterMeter {
    static final String CLIENT = "client";
    static final String DATABASE = "database";

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final HttpClient http;
    private final Map<String, String> servers = new LinkedHashMap<>();
    private final Optional<Long> databasePid;
    private final Authorization authorization;
    private final DatabaseUse databases = new DatabaseUse(Path.of("/proc"));

    /** Returns a meter for the nodes that are members of the chain now. */
    static ClusterMeter of(CraqClient client, ClusterHttp http, LocalProcesses.Known known) {
        Map<String, String> nodes = new LinkedHashMap<>();
        for (MemberInfo member : client.chain().members()) {
            nodes.put(member.nodeId(), member.httpUrl());
        }
        return new ClusterMeter(nodes, http, known, Authorization.of(client));
    }

    /**
     * Creates a meter.
     *
     * @param nodes base URLs by node id
     * @param authorization goes with each request
     */
    ClusterMeter(
            Map<String, String> nodes,
            ClusterHttp connections,
            LocalProcesses.Known known,
            Authorization authorization) {
        this.authorization = authorization;
        http = connections.client().connectTimeout(LIMIT).build();
        servers.putAll(nodes);
        List<String> managers = known.managerUrls();
        for (int i = 0; i < managers.size(); i++) {
            servers.put(managers.size() == 1 ? "manager" : "manager " + (i + 1), managers.get(i));
        }
        databasePid = known.databasePid();
    }

    /** Returns the use of each process by name, without those that do not answer. */
    Map<String, ProcessUse> read() throws InterruptedException {
        Map<String, ProcessUse> uses = new LinkedHashMap<>();
        for (Map.Entry<String, String> server : servers.entrySet()) {
            ask(server.getValue()).ifPresent(use -> uses.put(server.getKey(), use));
        }
        databasePid.flatMap(databases::of).ifPresent(use -> uses.put(DATABASE, use));
        uses.put(CLIENT, own());
        return uses;
    }

    /** Returns the CPU time used between two moments by name, without processes that were restarted in between. */
    static Map<String, Double> cpuSeconds(Map<String, ProcessUse> before, Map<String, ProcessUse> after) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        after.forEach((name, use) -> {
            ProcessUse first = before.get(name);
            if (first != null && first.pid() == use.pid()) {
                seconds.put(name, use.cpuSeconds() - first.cpuSeconds());
            }
        });
        return seconds;
    }

    /** Returns which processes should have been counted and were not, each with the reason. */
    List<String> missing(Map<String, ProcessUse> before, Map<String, ProcessUse> after) {
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, String> server : servers.entrySet()) {
            ProcessUse last = after.get(server.getKey());
            ProcessUse first = before.get(server.getKey());
            if (first == null || last == null) {
                missing.add(
                        server.getKey() + " does not report its CPU time at " + server.getValue() + "/v1/admin/status");
            } else if (first.pid() != last.pid()) {
                missing.add(server.getKey() + " was restarted during the measurement");
            }
        }
        if (servers.keySet().stream().noneMatch(name -> name.startsWith("manager"))) {
            missing.add("the managers' REST addresses are not known; see --manager-url");
        }
        if (!after.containsKey(DATABASE) || !before.containsKey(DATABASE)) {
            missing.add("the database does not run on this machine, this is not Linux, or its process is not known; see"
                    + " --database-pid");
        }
        return missing;
    }

    private Optional<ProcessUse> ask(String url) throws InterruptedException {
        try {
            URI page = URI.create(url + "/v1/admin/status");
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(page).timeout(LIMIT).header("Accept", "application/json");
            authorization.value(page).ifPresent(value -> request.header(Authorization.HEADER, value));
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? parse(answer.body()) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Optional<ProcessUse> parse(String page) {
        try {
            JsonElement json = JsonParser.parseString(page);
            if (!json.isJsonObject()) {
                return Optional.empty();
            }
            JsonObject status = json.getAsJsonObject();
            if (!status.has("pid") || !status.has("processCpuSeconds") || !status.has("heapUsedBytes")) {
                return Optional.empty();
            }
            return Optional.of(new ProcessUse(
                    status.get("pid").getAsLong(),
                    status.get("processCpuSeconds").getAsDouble(),
                    OptionalLong.of(status.get("heapUsedBytes").getAsLong())));
        } catch (JsonParseException | UnsupportedOperationException | IllegalStateException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static ProcessUse own() {
        ProcessHandle self = ProcessHandle.current();
        Runtime runtime = Runtime.getRuntime();
        double seconds = self.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
        return new ProcessUse(self.pid(), seconds, OptionalLong.of(runtime.totalMemory() - runtime.freeMemory()));
    }
}
