package org.craq.client.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.craq.client.ClusterHttp;
import org.craq.client.FileVersion;
import org.craq.client.MemberInfo;
import org.craq.client.rest.Authorization;

/**
 * Uses the REST interface of the nodes as a plain HTTP client does: writes go to the head, reads to each member in turn.
 * The connections are blocking ones, which cost a client the least for streams. Names must need no escapes in a URL.
 */
final class RestTransfers implements Transfers {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int LIMIT_MILLIS = 60_000;
    private static final int ERROR_CHARACTERS = 300;

    static {
        // The JDK's own limit of five idle connections to each host would close most of them after each request.
        if (System.getProperty("http.maxConnections") == null) {
            System.setProperty("http.maxConnections", "256");
        }
    }

    private final List<MemberInfo> members;
    private final ClusterHttp http;
    private final Authorization authorization;
    private final AtomicInteger next = new AtomicInteger();

    /**
     * Creates the transfers.
     *
     * @param members of the chain, head first
     * @param authorization goes with each request
     */
    RestTransfers(List<MemberInfo> members, ClusterHttp http, Authorization authorization) {
        this.authorization = authorization;
        this.members = List.copyOf(members);
        this.http = http;
    }

    @Override
    public Written write(String name, long size, LongConsumer progress) throws IOException {
        HttpURLConnection connection = open(members.get(0), name);
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(size);
        try (InputStream content = Pattern.of(name).read(size);
                OutputStream body = connection.getOutputStream()) {
            copy(content, body, progress);
        } catch (IOException e) {
            // An answer that came before the end of the body says more than the broken connection.
            failIfRefused(connection);
            throw e;
        }
        failIfRefused(connection);
        try (InputStream answer = connection.getInputStream()) {
            JsonObject receipt = JsonParser.parseString(new String(answer.readAllBytes(), StandardCharsets.UTF_8))
                    .getAsJsonObject();
            return new Written(
                    FileVersion.parse(receipt.get("version").getAsString()),
                    receipt.get("length").getAsLong());
        } catch (JsonParseException | IllegalStateException | IllegalArgumentException | NullPointerException e) {
            throw new IOException("the answer to a PUT is not a receipt", e);
        }
    }

    @Override
    public void read(String name, OutputStream target, LongConsumer progress) throws IOException {
        receive(open(anyMember(), name), target, progress);
    }

    @Override
    public void readRange(String name, long offset, int bytes, OutputStream target) throws IOException {
        HttpURLConnection connection = open(anyMember(), name);
        connection.setRequestProperty("Range", "bytes=" + offset + "-" + (offset + bytes - 1));
        receive(connection, target, moved -> {});
    }

    private MemberInfo anyMember() {
        return members.get(Math.floorMod(next.getAndIncrement(), members.size()));
    }

    private HttpURLConnection open(MemberInfo member, String name) throws IOException {
        URI file = URI.create(member.httpUrl() + "/v1/files/" + name);
        HttpURLConnection connection = http.open(file);
        authorization.value(file).ifPresent(value -> connection.setRequestProperty(Authorization.HEADER, value));
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(LIMIT_MILLIS);
        connection.setReadTimeout(LIMIT_MILLIS);
        return connection;
    }

    private static void receive(HttpURLConnection connection, OutputStream target, LongConsumer progress)
            throws IOException {
        failIfRefused(connection);
        try (InputStream body = connection.getInputStream()) {
            copy(body, target, progress);
        }
    }

    private static void copy(InputStream from, OutputStream to, LongConsumer progress) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long moved = 0;
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            to.write(buffer, 0, count);
            moved += count;
            progress.accept(moved);
        }
    }

    private static void failIfRefused(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status / 100 == 2) {
            return;
        }
        String reason = "";
        try (InputStream problem = connection.getErrorStream()) {
            if (problem != null) {
                reason = ": " + new String(problem.readNBytes(ERROR_CHARACTERS), StandardCharsets.UTF_8);
            }
        }
        throw new IOException(
                connection.getRequestMethod() + " " + connection.getURL() + " was answered " + status + reason);
    }
}
