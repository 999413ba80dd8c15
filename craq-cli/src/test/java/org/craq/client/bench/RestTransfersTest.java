package org.craq.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.craq.client.ClusterHttp;
import org.craq.client.MemberInfo;
import org.craq.client.rest.Authorization;
import org.craq.core.chain.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestTransfersTest {
    private static final int SIZE = 1_000_000;

    private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<HttpServer> servers = new ArrayList<>();
    private RestTransfers transfers;

    @BeforeEach
    void start() throws IOException {
        transfers = new RestTransfers(
                List.of(member("head", Role.HEAD), member("tail", Role.TAIL)),
                ClusterHttp.of(Optional.empty()),
                Authorization.ofToken(() -> Optional.of("token-1")));
    }

    private MemberInfo member(String id, Role role) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/files/", exchange -> {
            assertThat(exchange.getRequestHeaders().getFirst("Authorization")).isEqualTo("Bearer token-1");
            requests.add(exchange.getRequestMethod() + " at the " + id);
            answer(exchange);
        });
        server.start();
        servers.add(server);
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        return new MemberInfo(id, role, "127.0.0.1:1", url, true);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (path.endsWith("/refused")) {
            send(exchange, 503, "{\"code\":\"OVERLOADED\"}".getBytes(StandardCharsets.UTF_8));
        } else if (exchange.getRequestMethod().equals("PUT")) {
            stored.put(path, body);
            String receipt = "{\"version\":\"3-" + stored.size() + "\",\"length\":" + body.length + "}";
            send(exchange, 201, receipt.getBytes(StandardCharsets.UTF_8));
        } else {
            String range = exchange.getRequestHeaders().getFirst("Range");
            byte[] whole = stored.get(path);
            if (range == null) {
                send(exchange, 200, whole);
            } else {
                String[] ends = range.substring("bytes=".length()).split("-", 2);
                int last = Integer.parseInt(ends[1]);
                send(exchange, 206, Arrays.copyOfRange(whole, Integer.parseInt(ends[0]), last + 1));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void filesAreWrittenAtTheHeadAndReadFromEachMemberInTurn() throws IOException {
        Transfers.Written written = transfers.write("bench/1", SIZE, bytes -> {});
        assertThat(written.length()).isEqualTo(SIZE);
        assertThat(written.version()).hasToString("3-1");
        for (int i = 0; i < 2; i++) {
            Pattern.Check whole = Pattern.of("bench/1").check(0);
            transfers.read("bench/1", whole, bytes -> {});
            whole.complete(SIZE);
        }
        Pattern.Check part = Pattern.of("bench/1").check(70_000);
        transfers.readRange("bench/1", 70_000, 5_000, part);
        part.complete(5_000);
        assertThat(requests)
                .containsExactly("PUT at the head", "GET at the head", "GET at the tail", "GET at the head");
    }

    @Test
    void aRefusalIsToldWithItsStatusAndReason() {
        assertThatThrownBy(() -> transfers.write("bench/refused", SIZE, bytes -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("503")
                .hasMessageContaining("OVERLOADED");
        assertThatThrownBy(() -> transfers.readRange(
                        "bench/refused", 0, 10, Pattern.of("x").check(0)))
                .hasMessageContaining("503");
    }
}
