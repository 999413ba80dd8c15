package org.craq.cluster.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.craq.client.ClusterHttp;
import org.craq.cluster.ClusterException;

/** Reads a file from one node by REST, as any HTTP client would. */
final class RestRead {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient http;
    private final Optional<String> authorization;

    RestRead(ClusterHttp connections, Optional<String> authorization) {
        this.authorization = authorization;
        http = connections.client().connectTimeout(LIMIT).build();
    }

    void copy(String baseUrl, String name, OutputStream target) throws IOException, InterruptedException {
        URI uri = URI.create(baseUrl + "/v1/files/" + encoded(name));
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(LIMIT);
        authorization.ifPresent(header -> request.header("Authorization", header));
        HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new ClusterException("GET " + uri + " was answered with status " + answer.statusCode() + ": "
                        + new String(body.readNBytes(500), StandardCharsets.UTF_8));
            }
            body.transferTo(target);
        }
    }

    private static String encoded(String name) {
        return Arrays.stream(name.split("/", -1))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }
}
