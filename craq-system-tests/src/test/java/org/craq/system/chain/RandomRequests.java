package org.craq.system.chain;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Requests as a broken or hostile client might send them, mostly close to valid ones, so that they get far. */
final class RandomRequests {
    private static final List<String> METHODS = List.of(
            "GET", "GET", "HEAD", "PUT", "PUT", "DELETE", "POST", "POST", "PATCH", "PATCH", "OPTIONS", "TRACE", "BREW",
            "get");
    private static final List<String> TARGETS = List.of(
            "/v1/files/fuzz/a",
            "/v1/files/fuzz/b",
            "/v1/files/fuzz/%C3%A4%20;x=1",
            "/v1/files",
            "/v1/files/",
            "/v1/files/fuzz//a",
            "/v1/files/fuzz/%zz",
            "/v1/files/fuzz/%00",
            "/v1/files/.craq/uploads/x",
            "/v1/uploads",
            "/v1/uploads/",
            "/v1/uploads/fuzz/c",
            "/v1/uploads/00000000-0000-0000-0000-000000000000",
            "/v1/admin/status",
            "/v1/admin/digest",
            "/v1/openapi.json",
            "/metrics",
            "/health/ready",
            "/v1",
            "/v1/%2e%2e/%2e%2e",
            "/v1/files/fuzz/../a");
    private static final List<String> QUERIES = List.of(
            "",
            "",
            "",
            "?versions",
            "?version=1-1",
            "?version=x",
            "?prefix=fuzz/&limit=3",
            "?limit=-1",
            "?cursor=AAAA",
            "?delimiter=/",
            "?consistency=bounded&max-age=5ms",
            "?consistency=never",
            "?max-lag=99999999999",
            "?%",
            "?&&==");
    private static final List<String> HEADERS = List.of(
            "Range",
            "If-Range",
            "If-Match",
            "If-None-Match",
            "If-Modified-Since",
            "Content-Type",
            "Content-Digest",
            "Repr-Digest",
            "Want-Repr-Digest",
            "Content-Range",
            "Content-Encoding",
            "Idempotency-Key",
            "X-Craq-Meta-A",
            "X-Craq-Session",
            "X-Craq-Passed-On-By",
            "X-HTTP-Method-Override",
            "Accept",
            "Tus-Resumable",
            "Upload-Length",
            "Upload-Defer-Length",
            "Upload-Offset",
            "Upload-Metadata",
            "Upload-Checksum",
            "Expect");
    private static final List<String> VALUES = List.of(
            "",
            "0",
            "1",
            "-1",
            "18446744073709551616",
            "*",
            "\"1-1\"",
            "W/\"1-1\"",
            "bytes=0-0",
            "bytes=5-1",
            "bytes=-3",
            "bytes=0-,1-,2-",
            "bytes=99999999999999999999-",
            "text/plain",
            "application/offset+octet-stream",
            "sha-256=:AAAA:",
            "sha-256=10",
            "sha-256=:!:",
            "sha1 AAAA",
            "gzip",
            "PATCH",
            "DELETE",
            "1.0.0",
            "filename ZnV6ei9k",
            "filename ZnV6ei9k,,",
            "c1:1-1",
            "c9:x",
            "100-continue",
            "Mon, 23 Nov 2026 00:00:00 GMT",
            "00000000-0000-0000-0000-000000000007",
            "\u00e4\u0001",
            ",;=\"");

    /** Headers that are valid together. */
    private static final List<String> GOOD = List.of(
            "Range: bytes=0-0",
            "Range: bytes=0-0,2-3",
            "Range: bytes=-3",
            "Range: bytes=900-",
            "If-None-Match: *",
            "If-Match: \"1-1\"",
            "Upload-Offset: 1",
            "Upload-Length: 5",
            "Upload-Defer-Length: 1",
            "Upload-Checksum: sha1 AAAA",
            "X-HTTP-Method-Override: PATCH",
            "Want-Repr-Digest: sha-256=10",
            "Content-Digest: sha-256=:AAAA:",
            "Expect: 100-continue");

    private final Random random;
    private final String upload;
    private final String file;
    private final List<String> targets = new ArrayList<>(TARGETS);

    /**
     * Makes requests.
     *
     * @param upload path of an upload
     * @param file path of a file
     * @param more paths that are asked for besides the usual ones
     */
    RandomRequests(Random random, String upload, String file, List<String> more) {
        this.random = random;
        this.upload = upload;
        this.file = file;
        targets.addAll(more);
    }

    /** Returns the bytes of the next request, with nothing after them. */
    byte[] next() {
        return switch (random.nextInt(32)) {
            case 0, 1 -> partOfUpload();
            case 2 -> range();
            default -> anything();
        };
    }

    private byte[] range() {
        String range = "GET " + file + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nRange: bytes=1-"
                + random.nextInt(5) + "\r\n\r\n";
        return range.getBytes(StandardCharsets.US_ASCII);
    }

    /** A part of the upload that is complete and well formed, but hardly ever the one that is due. */
    private byte[] partOfUpload() {
        String part =
                "PATCH " + upload + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nTus-Resumable: 1.0.0\r\n"
                        + "Content-Type: application/offset+octet-stream\r\nUpload-Offset: " + random.nextInt(5)
                        + "\r\nContent-Length: 1\r\n\r\nx";
        return part.getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] anything() {
        StringBuilder head = new StringBuilder();
        boolean upload = random.nextInt(3) == 0;
        head.append(one(METHODS))
                .append(' ')
                .append(target())
                .append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        if (upload) {
            head.append("Tus-Resumable: 1.0.0\r\nUpload-Length: 5\r\nUpload-Metadata: filename ZnV6ei9k\r\n");
            head.append("Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n");
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            head.append(random.nextBoolean() ? one(GOOD) : one(HEADERS) + ": " + value())
                    .append("\r\n");
        }
        byte[] body = new byte[random.nextInt(4) == 0 ? random.nextInt(70_000) : random.nextInt(9)];
        random.nextBytes(body);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        switch (random.nextInt(5)) {
            case 0 -> head.append("\r\n");
            case 1 -> head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
            case 2 ->
                head.append("Content-Length: ")
                        .append(body.length + 1 + random.nextInt(9))
                        .append("\r\n\r\n");
            case 3 -> head.append("Transfer-Encoding: chunked\r\n\r\n");
            default -> head.append("Content-Length: ").append(value()).append("\r\n\r\n");
        }
        request.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        if (head.indexOf("chunked") > 0) {
            request.writeBytes((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            request.writeBytes(body);
            request.writeBytes((random.nextBoolean() ? "\r\n0\r\n\r\n" : "\r\nzz").getBytes(StandardCharsets.US_ASCII));
        } else {
            request.writeBytes(body);
        }
        byte[] whole = request.toByteArray();
        return random.nextInt(8) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole;
    }

    private String target() {
        return one(targets) + one(QUERIES);
    }

    private String value() {
        return random.nextInt(6) == 0 ? "x".repeat(random.nextInt(3000)) : one(VALUES);
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
