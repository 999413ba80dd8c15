package org.craq.client.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.craq.client.ChainInfo;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.MemberInfo;
import org.craq.client.Precondition;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Stores a large file by an upload in parts (tus 1.0, at any node): what has come stays, and after a break of the connection, or
 * of this program, the upload goes on from there.
 */
final class ResumedPut {
    private static final Duration SHORT = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 500;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int CREATED = 201;
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int CONFLICT = 409;
    private static final int LOCKED = 423;

    private final CraqClient client;
    private final UploadMemory memory;
    private final Duration patience;
    private final Consumer<String> notes;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private int turn;

    /**
     * A put.
     *
     * @param patience how long to go on trying without any progress
     * @param notes told in a sentence where an upload goes on
     */
    ResumedPut(CraqClient client, UploadMemory memory, Duration patience, Consumer<String> notes) {
        this.client = client;
        this.memory = memory;
        this.patience = patience;
        this.notes = notes;
    }

    /** What a node answered: not what was wanted, and maybe another time or another node does better. */
    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;
        private final ErrorCode code;
        private final boolean lasting;

        /** One that may pass. */
        Failed(String message) {
            this(message, ErrorCode.NOT_SERVING, false);
        }

        Failed(String message, ErrorCode code, boolean lasting) {
            super(message);
            this.code = code;
            this.lasting = lasting;
        }
    }

    private interface Exchange {
        HttpResponse<String> at(String nodeUrl) throws Failed, IOException;
    }

    /** False when no node answers at the REST address that it has told: then files can go by gRPC only. */
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

    Receipt run(String name, Path source, PutOptions options) throws IOException {
        long length = Files.size(source);
        Optional<String> begun = memory.begun();
        Optional<HttpResponse<String>> state = begun.isPresent() ? look(begun.get()) : Optional.empty();
        String path;
        if (state.isPresent()) {
            path = begun.orElseThrow();
            notes.accept("going on after " + offset(state.get()) + " of " + length + " bytes");
        } else {
            HttpResponse<String> made = create(name, length, options);
            path = URI.create(made.headers().firstValue("Location").orElseThrow())
                    .getPath();
            note(path);
            state = Optional.of(made);
        }
        CRC32C checksum = new CRC32C();
        HttpResponse<String> last = send(path, source, length, state.get(), checksum, options);
        if (!memory.unchanged(source)) {
            memory.end();
            throw new FileSystemException(
                    source.toString(),
                    null,
                    "changed while it was being stored; version " + version(last) + " is a mixture. Put it again");
        }
        memory.end();
        return receipt(name, last, (int) checksum.getValue());
    }

    private void note(String path) {
        try {
            memory.begin(path);
        } catch (IOException e) {
            notes.accept("it can't be noted where this upload goes (" + e + "): if it is interrupted, it begins anew");
        }
    }

    /** Sends until all is there. */
    private HttpResponse<String> send(
            String path, Path source, long length, HttpResponse<String> before, CRC32C checksum, PutOptions options)
            throws IOException {
        HttpResponse<String> state = before;
        long deadline = System.nanoTime() + patience.toNanos();
        boolean whole = false;
        while (state.headers().firstValue("X-Craq-Version").isEmpty()) {
            long from = offset(state);
            Optional<HttpResponse<String>> sent = Optional.empty();
            String failure = "";
            try (Sending sending = new Sending(source, from, checksum, options)) {
                sent = Optional.of(patch(nodeUrl(), path, from, sending, length - from));
                whole = true;
            } catch (Failed e) {
                if (e.lasting) {
                    memory.end();
                    throw new CraqException(e.code, e.getMessage(), e);
                }
                failure = e.getMessage();
            }
            if (sent.isEmpty()) {
                whole = false;
                sent = look(path);
                if (sent.isEmpty()) {
                    memory.end();
                    throw new CraqException(
                            ErrorCode.UPLOAD_ABANDONED, "the upload is gone (" + failure + "); put the file again");
                }
                if (offset(sent.get()) > from) {
                    deadline = System.nanoTime() + patience.toNanos();
                } else if (System.nanoTime() > deadline) {
                    throw new CraqException(
                            ErrorCode.NOT_SERVING,
                            failure + "; " + from + " of " + length
                                    + " bytes are there, and the same command goes on with them");
                }
                pause();
            }
            state = sent.get();
        }
        if (!whole) {
            // The end came without an answer, or in an earlier run: the checksum is that of the file.
            checksum.reset();
            try (Sending all = new Sending(source, length, checksum, options)) {
                options.progress().accept(all.position());
            }
        }
        return state;
    }

    /** The rest of the file, as it is sent; what comes before it goes into the checksum only. */
    private static final class Sending extends FilterInputStream {
        private final CRC32C checksum;
        private final PutOptions options;
        private final AtomicLong position = new AtomicLong();

        Sending(Path source, long from, CRC32C checksum, PutOptions options) throws IOException {
            super(Files.newInputStream(source));
            this.checksum = checksum;
            this.options = options;
            checksum.reset();
            byte[] block = new byte[BLOCK_BYTES];
            while (position() < from) {
                int count = in.readNBytes(block, 0, (int) Math.min(block.length, from - position()));
                if (count == 0) {
                    throw new FileSystemException(
                            source.toString(), null, "has become shorter while it was being stored");
                }
                checksum.update(block, 0, count);
                position.addAndGet(count);
            }
        }

        long position() {
            return position.get();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = in.read(target, offset, length);
            if (count > 0) {
                checksum.update(target, offset, count);
                options.progress().accept(position.addAndGet(count));
            }
            return count;
        }
    }

    private HttpResponse<String> patch(String nodeUrl, String path, long offset, Sending body, long rest)
            throws Failed {
        BodyPublisher publisher =
                BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), Math.max(1, rest));
        HttpRequest request = request(nodeUrl, path)
                .header("Content-Type", "application/offset+octet-stream")
                .header("Upload-Offset", Long.toString(offset))
                .method("PATCH", rest == 0 ? BodyPublishers.noBody() : publisher)
                .build();
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        long moved = System.nanoTime();
        long position = body.position();
        while (true) {
            try {
                HttpResponse<String> response = answer.get(1, TimeUnit.SECONDS);
                if (response.statusCode() == NO_CONTENT) {
                    return response;
                }
                throw failed(response);
            } catch (TimeoutException e) {
                if (body.position() > position) {
                    position = body.position();
                    moved = System.nanoTime();
                } else if (System.nanoTime() - moved > patience.toNanos()) {
                    answer.cancel(true);
                    throw new Failed(nodeUrl + " takes nothing more");
                }
            } catch (ExecutionException e) {
                throw new Failed(nodeUrl + ": " + e.getCause());
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while sending", e);
            }
        }
    }

    /** What a node says of an upload; empty when it does not exist any more. */
    private Optional<HttpResponse<String>> look(String path) throws IOException {
        HttpResponse<String> answer = exchange(nodeUrl -> {
            HttpResponse<String> response = http(request(nodeUrl, path)
                    .method("HEAD", BodyPublishers.noBody())
                    .timeout(SHORT)
                    .build());
            if (response.statusCode() == LOCKED || response.statusCode() / 100 == 5) {
                throw new Failed(nodeUrl + " can't tell how far the upload is");
            }
            return response;
        });
        return answer.statusCode() == OK ? Optional.of(answer) : Optional.empty();
    }

    private HttpResponse<String> create(String name, long length, PutOptions options) throws IOException {
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
        return exchange(nodeUrl -> {
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

    private Receipt receipt(String name, HttpResponse<String> last, int checksum) {
        FileVersion version = FileVersion.parse(version(last));
        FileInfo stored = client.stat(name, GetOptions.defaults().withVersion(version));
        if (stored.crc32c() != checksum) {
            throw new CraqException(
                    ErrorCode.CONTENT_DAMAGED,
                    "version " + version + " of '" + name + "' was stored with CRC32C " + stored.crc32cHex()
                            + ", but the file has " + String.format("%08x", checksum) + "; put it again");
        }
        ChainInfo chain = client.chain();
        return new Receipt(
                name,
                version,
                stored.length(),
                stored.crc32c(),
                chain.members().stream()
                        .filter(MemberInfo::complete)
                        .map(MemberInfo::nodeId)
                        .toList(),
                chain.epoch(),
                last.headers().firstValue("X-Craq-Session").orElse(""));
    }

    private static String version(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-Craq-Version").orElseThrow();
    }

    private static long offset(HttpResponse<String> answer) {
        return answer.headers().firstValueAsLong("Upload-Offset").orElse(0);
    }

    // ---- nodes ----

    /** Asks one node after the other until one gives an answer. */
    private HttpResponse<String> exchange(Exchange exchange) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return exchange.at(nodeUrl());
            } catch (Failed e) {
                if (e.lasting || System.nanoTime() > deadline) {
                    throw new CraqException(e.code, e.getMessage(), e);
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
            throw new CraqException(ErrorCode.NOT_SERVING, "no node serves now; repeat it in a moment");
        }
        return urls.get(turn++ % urls.size());
    }

    private static HttpRequest.Builder request(String nodeUrl, String path) {
        return HttpRequest.newBuilder(URI.create(nodeUrl + path)).header("Tus-Resumable", "1.0.0");
    }

    private HttpResponse<String> http(HttpRequest request) throws Failed {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new Failed(request.uri().getAuthority() + " does not answer: " + e);
        } catch (UncheckedIOException e) {
            throw new Failed(request.uri().getAuthority() + " does not answer: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while asking a node", e);
        }
    }

    /** A conflict or a lock passes; other faults of the request don't. */
    private static Failed failed(HttpResponse<String> response) {
        int status = response.statusCode();
        boolean passes = status == CONFLICT || status == LOCKED || status / 100 == 5;
        return new Failed(
                AdminPages.detail(response.body()),
                AdminPages.code(response.body(), passes ? ErrorCode.NOT_SERVING : ErrorCode.INVALID_ARGUMENT),
                !passes);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CraqException(ErrorCode.NOT_SERVING, "interrupted while waiting", e);
        }
    }
}
