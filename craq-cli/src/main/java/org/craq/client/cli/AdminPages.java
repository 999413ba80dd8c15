package org.craq.client.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.craq.client.ChainInfo;
import org.craq.client.ClusterHttp;
import org.craq.client.FailureReason;
import org.craq.client.MemberInfo;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Reads the administrative REST pages of a chain's members. */
final class AdminPages implements ReplicaComparison.Members {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Gson GSON = new Gson();

    private final HttpClient http;
    private final Map<String, String> urls = new LinkedHashMap<>();

    AdminPages(ChainInfo chain, ClusterHttp connections) {
        http = connections.client().connectTimeout(Duration.ofSeconds(5)).build();
        chain.members().stream()
                .filter(MemberInfo::complete)
                .forEach(member -> urls.put(member.nodeId(), member.httpUrl()));
    }

    @Override
    public List<String> ids() {
        return List.copyOf(urls.keySet());
    }

    @Override
    public long commonMark() {
        return ids().stream()
                .mapToLong(member -> get(member, "/v1/admin/status")
                        .getAsJsonArray("chains")
                        .get(0)
                        .getAsJsonObject()
                        .get("commitMark")
                        .getAsLong())
                .min()
                .orElse(0);
    }

    @Override
    public ReplicaComparison.Page page(String member, long mark, String after, boolean rows) {
        return page(member, "mark=" + mark + "&after=" + encoded(after) + "&rows=" + rows);
    }

    @Override
    public String holding(String member, long mark, String name) {
        // Of all names that begin with this one, the name itself comes first.
        return page(member, "mark=" + mark + "&prefix=" + encoded(name) + "&limit=1&rows=true").rows().stream()
                .filter(row -> row.name().equals(name))
                .map(ReplicaComparison.Held::holding)
                .findFirst()
                .orElse("");
    }

    private ReplicaComparison.Page page(String member, String query) {
        JsonObject page = get(member, "/v1/admin/digest?" + query);
        return new ReplicaComparison.Page(
                page.get("files").getAsInt(),
                page.get("last").getAsString(),
                page.get("sha256").getAsString(),
                page.getAsJsonArray("rows").asList().stream()
                        .map(row -> GSON.fromJson(row, ReplicaComparison.Held.class))
                        .toList());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    JsonObject get(String member, String path) {
        return send(member, urls.get(member), path, HttpRequest.newBuilder().GET());
    }

    /** Reads a page of any member, whether it is complete or not. */
    JsonObject get(MemberInfo member, String path) {
        return send(
                member.nodeId(),
                member.httpUrl(),
                path,
                HttpRequest.newBuilder().GET());
    }

    JsonObject post(String member, String path) {
        return send(member, urls.get(member), path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** Returns the detail of a problem (RFC 9457), or the whole body if it is not a problem. */
    private static String detail(String body) {
        try {
            JsonObject problem = GSON.fromJson(body, JsonObject.class);
            return problem != null && problem.has("detail")
                    ? problem.get("detail").getAsString()
                    : body;
        } catch (JsonParseException e) {
            return body;
        }
    }

    private JsonObject send(String member, String url, String path, HttpRequest.Builder request) {
        URI uri = URI.create(url + path);
        try {
            HttpResponse<String> answer =
                    http.send(request.uri(uri).timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
            JsonObject body = GSON.fromJson(answer.body(), JsonObject.class);
            if (answer.statusCode() / 100 == 2) {
                return body;
            }
            throw new CraqException(
                    ErrorCode.NOT_SERVING, member + " answered " + answer.statusCode() + ": " + detail(answer.body()));
        } catch (IOException | JsonParseException e) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    member + " does not answer at " + uri + ": "
                            + (e instanceof IOException
                                    ? FailureReason.ofConnection(e)
                                    : "what it returned is not a page of a node"),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while asking " + member, e);
        }
    }
}
