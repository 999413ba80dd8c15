package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.craq.client.ClusterHttp;

/** An HTTP client for nodes and manager, which follows redirects only on request. */
public final class Rest {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private final HttpClient direct;
    private final HttpClient following;
    private final Duration limit;

    Rest() {
        this(LIMIT);
    }

    /** Creates a client with a limit for each request. */
    Rest(Duration limit) {
        this(limit, ClusterHttp.of(Optional.empty()));
    }

    /** Creates a client that trusts the authorities of these connections. */
    public Rest(Duration limit, ClusterHttp connections) {
        this.limit = limit;
        direct = client(connections, HttpClient.Redirect.NEVER);
        following = client(connections, HttpClient.Redirect.NORMAL);
    }

    /** One answer, with its body in memory. */
    public static final class Answer {
        private final int status;
        private final HttpHeaders headers;
        private final byte[] body;

        Answer(int status, HttpHeaders headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        /** Returns the status code. */
        public int status() {
            return status;
        }

        HttpHeaders headers() {
            return headers;
        }

        /** Returns the body. */
        public byte[] body() {
            return body;
        }

        /** Returns the body as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** Returns the body, which must be a JSON object. */
        public JsonObject json() {
            return JsonParser.parseString(text()).getAsJsonObject();
        }

        /** Returns the header, or an empty text if there is none. */
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    private static HttpClient client(ClusterHttp connections, HttpClient.Redirect redirects) {
        return connections
                .client()
                .followRedirects(redirects)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /** Returns the URL of a file; characters of the name that have a special meaning in URLs are escaped. */
    public static URI file(String baseUrl, String name) {
        return URI.create(baseUrl + "/v1/files/" + escape(name, "/"));
    }

    static String escape(String text, String kept) {
        StringBuilder escaped = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (octet & 0xff);
            if ((UNRESERVED + kept).indexOf(character) >= 0) {
                escaped.append(character);
            } else {
                escaped.append(String.format("%%%02X", (int) character));
            }
        }
        return escaped.toString();
    }

    /** Reads. */
    public Answer get(URI uri, String... headers) {
        return send(direct, request(uri, headers).GET());
    }

    Answer getFollowing(URI uri, String... headers) {
        return send(following, request(uri, headers).GET());
    }

    Answer head(URI uri, String... headers) {
        return send(direct, request(uri, headers).method("HEAD", BodyPublishers.noBody()));
    }

    /** Writes. */
    public Answer put(URI uri, byte[] body, String... headers) {
        return put(uri, BodyPublishers.ofByteArray(body), headers);
    }

    Answer put(URI uri, BodyPublisher body, String... headers) {
        return send(direct, request(uri, headers).PUT(body));
    }

    /** Sends a PUT that follows redirects and waits for 100 Continue before it sends the body. */
    Answer putExpectingContinue(URI uri, BodyPublisher body) {
        return send(following, request(uri).expectContinue(true).PUT(body));
    }

    /** Deletes. */
    public Answer delete(URI uri, String... headers) {
        return send(direct, request(uri, headers).DELETE());
    }

    /** Sends any request. */
    public Answer send(String method, URI uri, byte[] body, String... headers) {
        return send(direct, request(uri, headers).method(method, BodyPublishers.ofByteArray(body)));
    }

    /** Returns the digest of a file as it comes from a node, or through the manager. */
    String digest(URI uri) {
        try {
            HttpResponse<InputStream> answer = following.send(request(uri).GET().build(), BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                if (answer.statusCode() != 200) {
                    throw new AssertionError(uri + " answered " + answer.statusCode() + ": "
                            + new String(body.readNBytes(1000), StandardCharsets.UTF_8));
                }
                return Digest.of(body);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private HttpRequest.Builder request(URI uri, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(limit);
        return headers.length == 0 ? builder : builder.headers(headers);
    }

    private static Answer send(HttpClient client, HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(answer.statusCode(), answer.headers(), answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Returns the URL of the next page of a listing, as its link states it. */
    static Optional<URI> nextPage(URI asked, Answer listing) {
        return listing.headers().firstValue("Link").map(link -> {
            assertThat(link).startsWith("<?").endsWith(">; rel=\"next\"");
            String query = link.substring(1, link.indexOf('>'));
            return URI.create(asked.toString().replaceFirst("\\?.*", "") + query);
        });
    }

    /** Returns the names of the files in a listing. */
    public static List<String> names(Answer listing) {
        return listing.json().getAsJsonArray("files").asList().stream()
                .map(file -> file.getAsJsonObject().get("name").getAsString())
                .toList();
    }
}
