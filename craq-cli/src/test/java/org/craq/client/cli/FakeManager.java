package org.craq.client.cli;

import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The REST interface of a manager, with answers that a test scripts. */
final class FakeManager implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    /** Method, path with query, and body of each request. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** The Authorization header of each request; empty for none. */
    final List<String> headers = new CopyOnWriteArrayList<>();

    private final Set<String> limited = ConcurrentHashMap.newKeySet();

    private record Answer(int status, String body, String location) {}

    FakeManager() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Scripts the answers to a request, such as {@code GET /v1/admin/users}. */
    void on(String request, int status, String body) {
        answers.put(request, new Answer(status, body, ""));
    }

    /** Answers the next one of these requests that it is too early. */
    void limit(String request) {
        limited.add(request);
    }

    void redirect(String request, String location) {
        answers.put(request, new Answer(307, "", location));
    }

    /** Scripts a refusal as servers express it. */
    void refuse(String request, int status, String code, String detail) {
        on(
                request,
                status,
                "{\"type\":\"about:blank\",\"status\":" + status + ",\"code\":\"" + code + "\",\"detail\":\"" + detail
                        + "\",\"advice\":\"correct the request\"}");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (!body.isEmpty() && !JsonParser.parseString(body).isJsonObject()) {
            body = "NO JSON OBJECT: " + body;
        }
        requests.add((request + " " + body).strip());
        headers.add(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse(""));
        if (limited.remove(request)) {
            exchange.getResponseHeaders().add("Retry-After", "1");
            exchange.sendResponseHeaders(429, -1);
            exchange.close();
            return;
        }
        Answer answer = answers.getOrDefault(request, new Answer(404, "no such page", ""));
        if (!answer.location().isEmpty()) {
            exchange.getResponseHeaders().add("Location", answer.location());
        }
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
