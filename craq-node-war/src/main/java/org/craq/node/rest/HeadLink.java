package org.craq.node.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.HttpsURLConnection;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.tls.TlsCredentials;

/**
 * Forwards a request for an upload to the head, and returns the head's answer. A redirect would be cheaper, but tus clients do not
 * follow redirects of requests with a body. Forwarding also keeps the upload's URL on the node that the client has chosen.
 */
final class HeadLink {
    /** Names the node that forwarded a request; such a request is not forwarded again. */
    static final String PASSED_ON = "X-Craq-Passed-On-By";

    private static final List<String> ASKED = List.of("upload-", "tus-", "if-");
    private static final List<String> ANSWERED =
            List.of("upload-", "tus-", "x-craq-", "etag", "content-type", "cache-control", "retry-after", "location");
    private static final String NO_URL = "\"<>[\\]^`{|}";
    private static final int CONNECT_MILLIS = 5_000;
    /** Assembling a big file takes a while, during which the head sends nothing. */
    private static final int ANSWER_MILLIS = 600_000;

    private static final int BUFFER = 64 << 10;
    private static final int LONGEST_ANSWER = 64 << 10;
    private static final int FIRST_ERROR = 400;

    private final NodeId self;
    private final Optional<TlsCredentials> tls;

    /**
     * Creates the link of a node.
     *
     * @param tls its certificate; with one, only a head that proves by its own to be that node gets anything
     */
    HeadLink(NodeId self, Optional<TlsCredentials> tls) {
        this.self = self;
        this.tls = tls;
    }

    /**
     * Forwards a request to the head and waits for the answer.
     *
     * @param path escaped path and query
     * @throws CraqException NOT_SERVING when the head does not answer, UPLOAD_ABANDONED when the client is gone
     */
    Response pass(Member head, HttpServletRequest request, String method, String path, InputStream body) {
        try {
            HttpURLConnection connection = open(head, request, method, path);
            try {
                boolean sent = method.equals("POST") || method.equals("PATCH");
                return answer(connection, sent ? send(connection, request, body) : Optional.empty());
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    "the chain's head, " + head.node() + ", does not answer; repeat the request in a moment",
                    e);
        }
    }

    private HttpURLConnection open(Member head, HttpServletRequest request, String method, String path)
            throws IOException {
        HttpURLConnection connection = connection(head, URI.create(head.httpUrl() + path));
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(ANSWER_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        // HttpURLConnection does not support PATCH; tus allows a POST with an override header instead.
        connection.setRequestMethod(sent(method));
        if (method.equals("PATCH")) {
            connection.setRequestProperty(TusFilter.OVERRIDE, method);
        }
        // A kept-alive connection to a head that has restarted would fail, and a body can't be sent twice.
        connection.setRequestProperty("Connection", "close");
        connection.setRequestProperty(PASSED_ON, self.value());
        for (String name : Collections.list(request.getHeaderNames())) {
            if (begins(name, ASKED) || name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)) {
                // Several lines of a list header such as If-Match are equivalent to one list.
                connection.setRequestProperty(name, String.join(",", Collections.list(request.getHeaders(name))));
            }
        }
        return connection;
    }

    /** Returns the method with which a request is passed on. */
    static String sent(String method) {
        return method.equals("PATCH") ? "POST" : method;
    }

    private HttpURLConnection connection(Member head, URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        if (tls.isEmpty()) {
            return connection;
        }
        if (!(connection instanceof HttpsURLConnection secure)) {
            throw new IOException(uri + " is not encrypted, and this node has a certificate");
        }
        // New sockets for each request: they use the files as they are now, and no session that began with former ones.
        secure.setSSLSocketFactory(tls.get().socketsToNode(head.node().value()));
        // The certificate is that of the head, whatever its address is.
        secure.setHostnameVerifier((host, session) -> true);
        return secure;
    }

    /** Escapes characters that are not allowed in a URL but that clients send and servers accept. */
    static String escaped(String path) {
        StringBuilder escaped = new StringBuilder();
        for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (octet & 0xff);
            if (character > ' ' && character <= '~' && NO_URL.indexOf(character) < 0) {
                escaped.append(character);
            } else {
                escaped.append(String.format("%%%02X", (int) character));
            }
        }
        return escaped.toString();
    }

    private static boolean begins(String name, List<String> beginnings) {
        String lower = name.toLowerCase(Locale.ROOT);
        return beginnings.stream().anyMatch(lower::startsWith);
    }

    /** Sends the body. Returns the failure if the head stopped reading it, as the head may have answered before that. */
    private static Optional<IOException> send(
            HttpURLConnection connection, HttpServletRequest request, InputStream body) throws IOException {
        connection.setDoOutput(true);
        OptionalLong length = RequestBody.length(request);
        if (length.isPresent()) {
            connection.setFixedLengthStreamingMode(length.getAsLong());
        } else {
            connection.setChunkedStreamingMode(BUFFER);
        }
        OutputStream output = connection.getOutputStream();
        byte[] buffer = new byte[BUFFER];
        while (true) {
            int count = read(body, buffer);
            try {
                if (count < 0) {
                    output.close();
                    return Optional.empty();
                }
                output.write(buffer, 0, count);
                output.flush();
            } catch (IOException e) {
                return Optional.of(e);
            }
        }
    }

    /** Reads from the client. If its connection breaks, the exception closes the one to the head, which keeps what it received. */
    private static int read(InputStream body, byte[] buffer) {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw new CraqException(
                    ErrorCode.UPLOAD_ABANDONED, "the body ended early; send HEAD to see how much was kept", e);
        }
    }

    private static Response answer(HttpURLConnection connection, Optional<IOException> stopped) throws IOException {
        int status;
        try {
            status = connection.getResponseCode();
        } catch (IOException e) {
            stopped.ifPresent(e::addSuppressed);
            throw e;
        }
        if (status < 0) {
            throw new IOException("the head's answer is not HTTP");
        }
        Response.ResponseBuilder answer = Response.status(status);
        connection.getHeaderFields().forEach((name, values) -> {
            if (name != null && begins(name, ANSWERED)) {
                values.forEach(value -> answer.header(name, local(name, value)));
            }
        });
        InputStream body = status < FIRST_ERROR ? connection.getInputStream() : connection.getErrorStream();
        byte[] bytes = body == null ? new byte[0] : body.readNBytes(LONGEST_ANSWER);
        return bytes.length == 0 ? answer.build() : answer.entity(bytes).build();
    }

    private static String local(String name, String value) {
        return name.equalsIgnoreCase(HttpHeaders.LOCATION) ? URI.create(value).getRawPath() : value;
    }
}
