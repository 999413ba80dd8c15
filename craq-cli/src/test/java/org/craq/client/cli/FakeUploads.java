package org.craq.client.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.craq.client.CraqClient;
import org.craq.client.Receipt;

/**
 * The nodes' REST interface as far as one resumable upload needs it. A complete upload is stored in the fake cluster.
 */
final class FakeUploads implements AutoCloseable {
    private final HttpServer server;
    private final CraqClient client;
    private final String name;
    final List<String> requests = new ArrayList<>();
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private long length = -1;
    private int uploads;
    private boolean exists;
    private Optional<Receipt> stored = Optional.empty();

    /** Called after each part. */
    volatile Runnable afterPart = () -> {};

    /** The number of bytes of a part after which the connection breaks; -1: never. */
    volatile int breakAfter = -1;

    FakeUploads(CraqClient client, String name) throws IOException {
        this.client = client;
        this.name = name;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/uploads", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod());
        switch (exchange.getRequestMethod()) {
            case "POST" -> create(exchange);
            case "HEAD" -> send(exchange, exists ? 200 : 404);
            case "PATCH" -> take(exchange);
            case "DELETE" -> {
                exists = false;
                send(exchange, 204);
            }
            default -> send(exchange, 204);
        }
    }

    private void create(HttpExchange exchange) throws IOException {
        length = Long.parseLong(exchange.getRequestHeaders().getFirst("Upload-Length"));
        held.reset();
        exists = true;
        stored = Optional.empty();
        // Relative to the request's URL, as in a real node.
        exchange.getResponseHeaders().set("Location", String.valueOf(++uploads));
        send(exchange, 201);
    }

    private void take(HttpExchange exchange) throws IOException {
        long offset = Long.parseLong(exchange.getRequestHeaders().getFirst("Upload-Offset"));
        if (offset != held.size()) {
            throw new AssertionError("offset " + offset + " of " + held.size());
        }
        InputStream body = exchange.getRequestBody();
        if (breakAfter >= 0) {
            held.write(body.readNBytes(breakAfter));
            breakAfter = -1;
            exchange.close();
            return;
        }
        body.transferTo(held);
        if (held.size() == length) {
            stored = Optional.of(client.put(name, new ByteArrayInputStream(held.toByteArray())));
        }
        send(exchange, 204);
        afterPart.run();
    }

    private void send(HttpExchange exchange, int status) throws IOException {
        CRC32C checksum = new CRC32C();
        checksum.update(held.toByteArray());
        exchange.getResponseHeaders().set("Upload-Offset", Integer.toString(held.size()));
        if (exchange.getRequestMethod().equals("HEAD") && stored.isEmpty()) {
            exchange.getResponseHeaders().set("X-Craq-Crc32c", String.format("%08x", checksum.getValue()));
        }
        stored.ifPresent(receipt -> exchange.getResponseHeaders()
                .set("X-Craq-Version", receipt.version().toString()));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
