package org.craq.system.chain;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.craq.system.chain.Rest.Answer;

/** A client of tus 1.0 for one node, request by request. */
final class Tus {
    private static final String PART = "application/offset+octet-stream";

    private final Rest rest;
    private final String url;

    Tus(Rest rest, String url) {
        this.rest = rest;
        this.url = url;
    }

    /** Creates the upload of a file. */
    Answer create(String name, long length, String... headers) {
        return request("POST", "/v1/uploads", new byte[0], with(headers, "Upload-Length", length, metadata(name)));
    }

    /** Creates an upload whose length is not known, or whose first bytes come with the creation. */
    Answer create(byte[] first, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        if (first.length > 0) {
            all.addAll(List.of("Content-Type", PART));
        }
        return request("POST", "/v1/uploads", first, all.toArray(String[]::new));
    }

    static String metadata(String name) {
        return "filename " + base64(name) + ",filetype " + base64("text/x-test") + ",Colour " + base64("blue");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String[] with(String[] headers, String name, long value, String metadata) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of(name, Long.toString(value), "Upload-Metadata", metadata));
        return all.toArray(String[]::new);
    }

    /** Returns the path of an upload from the answer to its creation, for use with any node. */
    static String path(Answer created) {
        String location = created.header("Location");
        return "/v1/uploads/" + location.substring(location.lastIndexOf('/') + 1);
    }

    Answer head(String path) {
        return request("HEAD", path, new byte[0]);
    }

    long offset(String path) {
        Answer answer = head(path);
        if (answer.status() != 200) {
            throw new AssertionError("HEAD " + url + path + " answered " + answer.status());
        }
        return Long.parseLong(answer.header("Upload-Offset"));
    }

    Answer send(String path, long offset, byte[] bytes, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Upload-Offset", Long.toString(offset), "Content-Type", PART));
        return request("PATCH", path, bytes, all.toArray(String[]::new));
    }

    Answer terminate(String path) {
        return request("DELETE", path, new byte[0]);
    }

    Answer request(String method, String path, byte[] body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Tus-Resumable", "1.0.0"));
        return rest.send(method, URI.create(url + path), body, all.toArray(String[]::new));
    }

    /**
     * Announces a number of bytes, sends some of them, and returns the connection; the caller can break the upload by
     * closing it.
     */
    Socket begin(String path, long offset, long announced, byte[] part, String... headers) throws IOException {
        URI node = URI.create(url);
        Socket socket = new Socket(node.getHost(), node.getPort());
        OutputStream output = socket.getOutputStream();
        StringBuilder head = new StringBuilder("PATCH " + path + " HTTP/1.1\r\nHost: " + node.getAuthority()
                + "\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " + offset + "\r\nContent-Type: " + PART
                + "\r\nContent-Length: " + announced + "\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        output.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        output.write(part);
        output.flush();
        return socket;
    }
}
