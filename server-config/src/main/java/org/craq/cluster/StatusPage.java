package org.craq.cluster;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.craq.client.ClusterHttp;

/** Reads the servers' administrative pages with short timeouts: a server that does not answer counts as absent. */
public final class StatusPage {
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final HttpClient http;
    private final Optional<String> authorization;

    /** Creates the pages of a cluster without certificates. */
    public StatusPage() {
        this(ClusterHttp.of(Optional.empty()), Optional.empty());
    }

    /**
     * Creates the pages of a cluster that is reached over these connections.
     *
     * @param authorization header that says who asks; empty if the servers do not ask
     */
    public StatusPage(ClusterHttp connections, Optional<String> authorization) {
        this.authorization = authorization;
        http = connections
                .client()
                .connectTimeout(LIMIT)
                // A standby redirects to the manager that leads.
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /** Returns the page as JSON; empty if the server does not answer with success. */
    public Optional<JsonElement> get(String baseUrl, String path) {
        return get(baseUrl, path, OK);
    }

    /** Returns the reason why a node refuses its database; empty if it accepts it or has not reported yet. */
    Optional<String> refusedDatabase(ServerSpec server) {
        return get(server.httpUrl(), "/health/ready", UNAVAILABLE)
                .filter(JsonElement::isJsonObject)
                .map(page -> page.getAsJsonObject().getAsJsonArray("checks"))
                .stream()
                .flatMap(checks -> checks.asList().stream())
                .map(JsonElement::getAsJsonObject)
                .filter(check -> check.get("name").getAsString().equals("database"))
                .map(check -> check.getAsJsonObject("data").get("reason").getAsString())
                .findFirst();
    }

    private Optional<JsonElement> get(String baseUrl, String path, int wanted) {
        HttpRequest.Builder asked = HttpRequest.newBuilder(URI.create(baseUrl + path))
                .timeout(LIMIT)
                .header("Accept", "application/json");
        authorization.ifPresent(header -> asked.header("Authorization", header));
        HttpRequest request = asked.build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == wanted
                    ? Optional.of(JsonParser.parseString(answer.body()))
                    : Optional.empty();
        } catch (IOException | JsonParseException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Returns true for a node that answers and has nothing to serve. */
    boolean spare(ServerSpec server, List<ServerSpec> managers) {
        return !server.manager()
                && get(server.httpUrl(), "/v1/admin/status").isPresent()
                && managers.stream()
                        .flatMap(manager -> get(manager.httpUrl(), "/v1/admin/chains").stream())
                        .findFirst()
                        .filter(chains -> SpareNodes.isSpare(chains, server.id()))
                        .isPresent();
    }

    /** Returns true for a manager that knows which manager leads, and for a node that reports that it serves. */
    boolean serving(ServerSpec server) {
        if (server.manager()) {
            return get(server.httpUrl(), "/v1/admin/managers")
                    .filter(JsonElement::isJsonObject)
                    .map(page -> page.getAsJsonObject().get("leader"))
                    .filter(JsonElement::isJsonObject)
                    .isPresent();
        }
        return get(server.httpUrl(), "/v1/admin/status")
                .filter(JsonElement::isJsonObject)
                .map(JsonElement::getAsJsonObject)
                .map(StatusPage::saysServing)
                .orElse(false);
    }

    private static boolean saysServing(JsonObject status) {
        JsonElement serving = status.get("serving");
        return serving != null && serving.isJsonPrimitive() && serving.getAsBoolean();
    }
}
