package org.craq.client.rest;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
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
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.craq.client.ClusterHttp;
import org.craq.client.FailureReason;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/** Sends requests to the REST interface of managers and nodes, and reads JSON answers. Thread-safe. */
public final class Rest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** How long a server is asked again that has had too many requests of this user. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int MOST_REDIRECTS = 3;
    private static final int TEMPORARY_REDIRECT = 307;
    private static final int PERMANENT_REDIRECT = 308;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final long LONGEST_PAUSE_SECONDS = 10;
    private static final Gson GSON = new Gson();

    private final HttpClient http;
    private final Authorization authorization;

    /** Creates the sender of requests over these connections, with this header. */
    public Rest(ClusterHttp connections, Authorization authorization) {
        http = connections.client().connectTimeout(Duration.ofSeconds(5)).build();
        this.authorization = authorization;
    }

    /**
     * A request.
     *
     * @param server its name, for messages
     * @param uri with encoded path and query
     * @param body empty for none
     */
    public record Call(String server, String method, URI uri, Optional<JsonObject> body) {
        /** Returns a request without a body. */
        public static Call of(String server, String method, String uri) {
            return new Call(server, method, URI.create(uri), Optional.empty());
        }

        private Call at(URI location) {
            return new Call(server, method, uri.resolve(location), body);
        }
    }

    /**
     * Sends a request, also to the manager that leads if a standby names it.
     *
     * @return the answer; an empty object if it has no body
     * @throws Refused when the server answers that it doesn't do it
     * @throws CraqException NOT_SERVING when it does not answer, or with something else than JSON
     */
    public JsonObject send(Call call) {
        Call next = call;
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            HttpResponse<String> answer = patientAnswer(next);
            if (answer.statusCode() != TEMPORARY_REDIRECT && answer.statusCode() != PERMANENT_REDIRECT) {
                return content(next, answer);
            }
            String location = answer.headers().firstValue("Location").orElse("");
            try {
                next = next.at(URI.create(location));
            } catch (IllegalArgumentException e) {
                throw away(next, "it redirects to '" + location + "'", e);
            }
        }
        throw new CraqException(ErrorCode.NOT_SERVING, call.server() + " redirects from " + call.uri() + " endlessly");
    }

    /** Repeats a request for which it is too early, and of which nothing has been done. */
    private HttpResponse<String> patientAnswer(Call call) {
        long begin = System.nanoTime();
        HttpResponse<String> answer = answer(call);
        while (answer.statusCode() == TOO_MANY_REQUESTS && System.nanoTime() - begin < PATIENCE.toNanos()) {
            String seconds = answer.headers().firstValue("Retry-After").orElse("");
            long pause = seconds.matches("[0-9]{1,6}") ? Long.parseLong(seconds) : 1;
            try {
                TimeUnit.SECONDS.sleep(Math.min(pause, LONGEST_PAUSE_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return answer;
            }
            answer = answer(call);
        }
        return answer;
    }

    private HttpResponse<String> answer(Call call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(call.uri())
                .timeout(LIMIT)
                .header("Accept", "application/json")
                .method(
                        call.method(),
                        call.body()
                                .map(body -> HttpRequest.BodyPublishers.ofString(GSON.toJson(body)))
                                .orElseGet(HttpRequest.BodyPublishers::noBody));
        if (call.body().isPresent()) {
            request.header("Content-Type", "application/json");
        }
        authorization.value(call.uri()).ifPresent(value -> request.header(Authorization.HEADER, value));
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw away(call, FailureReason.ofConnection(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while asking " + call.server(), e);
        }
    }

    private JsonObject content(Call call, HttpResponse<String> answer) {
        if (answer.statusCode() / 100 != 2) {
            throw refusal(call, answer);
        }
        if (answer.body().isBlank()) {
            return new JsonObject();
        }
        return object(answer.body()).orElseThrow(() -> away(call, "what it returned is not a page of CRAQ", null));
    }

    private Refused refusal(Call call, HttpResponse<String> answer) {
        JsonObject problem = object(answer.body()).orElseGet(JsonObject::new);
        ErrorCode code = text(problem, "code").flatMap(Errors::code).orElseGet(() -> ofStatus(answer.statusCode()));
        String detail = text(problem, "detail")
                .orElseGet(() -> call.server() + " answered with status " + answer.statusCode() + " at " + call.uri());
        boolean withheld = code == ErrorCode.UNAUTHENTICATED && authorization.isWithheld(call.uri());
        return new Refused(
                answer.statusCode(),
                code,
                withheld ? detail + " (the token was not sent, as " + call.uri() + " is not encrypted)" : detail,
                text(problem, "advice").orElse(""));
    }

    private static ErrorCode ofStatus(int status) {
        return switch (status) {
            case 401 -> ErrorCode.UNAUTHENTICATED;
            case 403 -> ErrorCode.PERMISSION_DENIED;
            case 404 -> ErrorCode.NOT_FOUND;
            default -> ErrorCode.INTERNAL;
        };
    }

    private static Optional<String> text(JsonObject problem, String name) {
        JsonElement value = problem.get(name);
        return value != null && value.isJsonPrimitive() ? Optional.of(value.getAsString()) : Optional.empty();
    }

    private static Optional<JsonObject> object(String text) {
        try {
            return Optional.ofNullable(GSON.fromJson(text, JsonObject.class));
        } catch (JsonParseException | ClassCastException e) {
            return Optional.empty();
        }
    }

    private static CraqException away(Call call, String why, Exception cause) {
        return new CraqException(
                ErrorCode.NOT_SERVING, call.server() + " does not answer at " + call.uri() + ": " + why, cause);
    }

    /** Returns a text as it stands in a query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Returns a text as it stands in a path, where slashes separate its parts. */
    public static String path(String text) {
        return Arrays.stream(text.split("/", -1))
                .map(part ->
                        encoded(part).replace("+", "%20").replace("*", "%2A").replace("%7E", "~"))
                .collect(Collectors.joining("/"));
    }
}
