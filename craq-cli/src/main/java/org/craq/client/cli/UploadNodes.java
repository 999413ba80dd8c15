package org.craq.client.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.craq.client.CraqClient;
import org.craq.client.FailureReason;
import org.craq.client.MemberInfo;
import org.craq.client.Precondition;
import org.craq.client.PutOptions;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Sends the requests of a resumable upload (tus 1.0) to the nodes, trying one after the other until one answers. */
final class UploadNodes {
    private static final Duration SHORT = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 500;
    private static final int CREATED = 201;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int CONFLICT = 409;
    private static final int LOCKED = 423;

    private final CraqClient client;
    private final Duration patience;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private int turn;

    /**
     * Creates the sender.
     *
     * @param patience how long to keep retrying without progress
     */
    UploadNodes(CraqClient client, Duration patience) {
        this.client = client;
        this.patience = patience;
    }

    /** An answer that is not the expected one; another attempt or another node may succeed. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;
        private final ErrorCode code;
        private final boolean lasting;

        /** Creates a temporary failure. */
        Failed(String message) {
            this(message, ErrorCode.NOT_SERVING, false);
        }

        Failed(String message, ErrorCode code, boolean lasting) {
            super(message);
            this.code = code;
            this.lasting = lasting;
        }

        boolean lasting() {
            return lasting;
        }

        CraqException known() {
            return new CraqException(code, getMessage(), this);
        }
    }

    /**
     * The state of an upload.
     *
     * @param offset number of bytes that the store has
     * @param crc32c of these bytes, if the node states it
     * @param version of the file, once the upload is complete
     */
    record Held(long offset, Optional<String> crc32c, Optional<String> version, String session) {
        private static Held of(HttpResponse<String> answer) {
            return new Held(
                    answer.headers().firstValueAsLong("Upload-Offset").orElse(0),
                    answer.headers().firstValue("X-Craq-Crc32c"),
                    answer.headers().firstValue("X-Craq-Version"),
                    answer.headers().firstValue("X-Craq-Session").orElse(""));
        }
    }

    /** An upload that has been created, and the path under which every node knows it. */
    record Made(String path, Held held) {}

    private interface Exchange {
        HttpResponse<String> at(String nodeUrl) throws Failed;
    }

    /** Returns false if no node answers at its REST address. */
    boolean reachable() {
        return client.chain().members().stream()
                .filter(MemberInfo::complete)
                .map(MemberInfo::httpUrl)
                .anyMatch(this::answers);
    }

    private boolean answers(String nodeUrl) {
        try {
            HttpRequest question = request(nodeUrl, "/v1/uploads")
                    .method("OPTIONS", BodyPublishers.noBody())
                    .timeout(ANSWER)
                    .build();
            return http(question).statusCode() == NO_CONTENT;
        } catch (Failed e) {
            return false;
        }
    }

    Made create(String name, long length, PutOptions options) {
        Map<String, String> metadata = new LinkedHashMap<>(options.userMetadata());
        if (!options.contentType().isEmpty()) {
            metadata.put("filetype", options.contentType());
        }
        String told = metadata.entrySet().stream()
                .map(each -> each.getKey() + " "
                        + Base64.getEncoder().encodeToString(each.getValue().getBytes(StandardCharsets.UTF_8)))
                .collect(Collectors.joining(","));
        String path =
                "/v1/uploads/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        HttpResponse<String> made = exchange(nodeUrl -> {
            HttpRequest.Builder request = request(nodeUrl, path)
                    .header("Upload-Length", Long.toString(length))
                    .timeout(SHORT)
                    .POST(BodyPublishers.noBody());
            if (!told.isEmpty()) {
                request.header("Upload-Metadata", told);
            }
            options.precondition().ifPresent(condition -> condition(request, condition));
            HttpResponse<String> response = http(request.build());
            if (response.statusCode() == CREATED) {
                return response;
            }
            throw failed(response);
        });
        String location = made.headers().firstValue("Location").orElseThrow();
        // The location is relative to the request's URL, or absolute if it comes from an older node; it ends with the
        // id.
        return new Made("/v1/uploads/" + location.substring(location.lastIndexOf('/') + 1), Held.of(made));
    }

    private static void condition(HttpRequest.Builder request, Precondition condition) {
        if (condition instanceof Precondition.IfVersion of) {
            request.header("If-Match", "\"" + of.version() + "\"");
        } else if (condition instanceof Precondition.IfAbsent) {
            request.header("If-None-Match", "*");
        } else {
            request.header("If-Match", "*");
        }
    }

    /** Returns the state of an upload; empty if it does not exist any more. */
    Optional<Held> look(String path) {
        HttpResponse<String> answer = exchange(nodeUrl -> {
            HttpResponse<String> response = http(request(nodeUrl, path)
                    .method("HEAD", BodyPublishers.noBody())
                    .timeout(SHORT)
                    .build());
            if (response.statusCode() == LOCKED || response.statusCode() / 100 == 5) {
                throw new Failed(nodeUrl + " can't report the state of the upload");
            }
            return response;
        });
        return answer.statusCode() == OK ? Optional.of(Held.of(answer)) : Optional.empty();
    }

    /** Deletes an upload. If that fails, the nodes discard it after a day without progress. */
    void end(String path) {
        try {
            http(request(nodeUrl(), path).DELETE().timeout(SHORT).build());
        } catch (Failed | CraqException e) {
            // Ignored, see above.
        }
    }

    /**
     * Sends bytes to one node.
     *
     * @param length length of the body, more than 0
     * @param position number of bytes read from the body so far; while it grows, the request continues
     */
    Held send(String path, long offset, InputStream body, long length, LongSupplier position) throws Failed {
        String nodeUrl = nodeUrl();
        BodyPublisher publisher = BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), length);
        HttpRequest request = request(nodeUrl, path)
                .header("Content-Type", "application/offset+octet-stream")
                .header("Upload-Offset", Long.toString(offset))
                .method("PATCH", publisher)
                .build();
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        long moved = System.nanoTime();
        long last = position.getAsLong();
        while (true) {
            try {
                HttpResponse<String> response = answer.get(1, TimeUnit.SECONDS);
                if (response.statusCode() == NO_CONTENT) {
                    return Held.of(response);
                }
                throw failed(response);
            } catch (TimeoutException e) {
                if (position.getAsLong() > last) {
                    last = position.getAsLong();
                    moved = System.nanoTime();
                } else if (System.nanoTime() - moved > patience.toNanos()) {
                    answer.cancel(true);
                    throw new Failed(nodeUrl + " accepts no more data");
                }
            } catch (ExecutionException e) {
                throw new Failed(nodeUrl + ": " + FailureReason.ofConnection(e.getCause()));
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while sending", e);
            }
        }
    }

    private HttpResponse<String> exchange(Exchange exchange) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return exchange.at(nodeUrl());
            } catch (Failed e) {
                if (e.lasting || System.nanoTime() > deadline) {
                    throw e.known();
                }
                pause();
            }
        }
    }

    private String nodeUrl() {
        List<String> urls = client.chain().members().stream()
                .filter(MemberInfo::complete)
                .map(MemberInfo::httpUrl)
                .toList();
        if (urls.isEmpty()) {
            throw new CraqException(ErrorCode.NOT_SERVING, "no node serves requests at the moment; try again soon");
        }
        return urls.get(turn++ % urls.size());
    }

    private static HttpRequest.Builder request(String nodeUrl, String path) {
        return HttpRequest.newBuilder(URI.create(nodeUrl + path)).header("Tus-Resumable", "1.0.0");
    }

    private HttpResponse<String> http(HttpRequest request) throws Failed {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | UncheckedIOException e) {
            throw new Failed(request.uri().getAuthority() + " does not answer: " + FailureReason.ofConnection(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while asking a node", e);
        }
    }

    /** Classifies an error response: a conflict or a lock is temporary, other errors of the request are not. */
    private static Failed failed(HttpResponse<String> response) {
        int status = response.statusCode();
        boolean passes = status == CONFLICT || status == LOCKED || status / 100 == 5;
        return new Failed(
                AdminPages.detail(response.body()),
                AdminPages.code(response.body(), passes ? ErrorCode.NOT_SERVING : ErrorCode.INVALID_ARGUMENT),
                !passes);
    }

    static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while waiting", e);
        }
    }
}
