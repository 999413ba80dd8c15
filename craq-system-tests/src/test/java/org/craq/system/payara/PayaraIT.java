package org.craq.system.payara;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.craq.client.CraqClient;
import org.craq.cluster.ClusterPorts;
import org.craq.cluster.Installation;
import org.craq.cluster.LocalDatabase;
import org.craq.system.Folders;
import org.craq.system.JavaProcess;
import org.craq.system.chain.RawHttp;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Deploys the same WARs as on WildFly according to server-config/payara/README.md, stores and reads a file, and deploys
 * again: first without certificates, then the same domains with them.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledForJreRange(max = JRE.JAVA_21, disabledReason = "Payara 6 runs on Java 11, 17 and 21")
class PayaraIT {
    private static final Path FOLDER = Folders.target().resolve("payara-data");
    private static final ClusterPorts PORTS = ClusterPorts.free(1);
    private static final Installation INSTALLATION = Installation.in(Installation.home());
    private static final LocalDatabase DATABASE = new LocalDatabase(
            INSTALLATION,
            FOLDER.resolve("postgres"),
            PORTS.database(),
            UUID.randomUUID().toString());
    private static final PayaraDomain MANAGER = new PayaraDomain("craq-it-manager");
    private static final PayaraDomain NODE = new PayaraDomain("craq-it-n1");
    private static final Thread EMERGENCY_STOP = new Thread(PayaraIT::endAll, "stop of Payara");

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ROUNDS = 3;
    private static final int PIPELINED = 4;
    private static final int WRITERS = 6;
    private static final long PAUSE_MILLIS = 5;
    private static final Duration ANSWERED = Duration.ofSeconds(40);
    /** An idle thread of the server may refer to the last class loader; earlier ones must be gone. */
    private static final int REMEMBERED = 1;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void deployBoth() {
        // Stop what a killed run may have left.
        endAll();
        Runtime.getRuntime().addShutdownHook(EMERGENCY_STOP);
        DATABASE.start();
        CompletableFuture<Void> manager = CompletableFuture.runAsync(() -> MANAGER.create(
                DATABASE.access(),
                INSTALLATION.managerWar(),
                Map.of("craq.chain.length", 1, "craq.manager.grpc.port", PORTS.managerGrpc())));
        NODE.create(DATABASE.access(), INSTALLATION.nodeWar(), nodeSettings());
        manager.join();
    }

    private static Map<String, Object> nodeSettings() {
        return Map.of(
                "craq.node.id", "n1",
                "craq.manager", managerAddress(),
                "craq.node.grpc.port", PORTS.nodeGrpc().get(0),
                "craq.node.http.url", NODE.url(),
                "craq.node.data", FOLDER.resolve("chunks"));
    }

    @AfterAll
    static void end() {
        endAll();
        Runtime.getRuntime().removeShutdownHook(EMERGENCY_STOP);
    }

    private static void endAll() {
        NODE.close();
        MANAGER.close();
        DATABASE.close();
        Folders.delete(FOLDER);
    }

    private static String managerAddress() {
        return "127.0.0.1:" + PORTS.managerGrpc();
    }

    @Test
    @Order(1)
    void aFileGoesInAndComesBackAndTheNodeCanBeDeployedAgain() throws Exception {
        byte[] content = content();
        try (CraqClient client = CraqClient.builder().manager(managerAddress()).build()) {
            awaitServing();
            client.put("payara/by-client", new ByteArrayInputStream(content));
            assertThat(put("payara/by-rest", content)).isBetween(200, 201);
            for (int round = 1; round <= ROUNDS; round++) {
                assertThat(get("payara/by-client")).as("in round %d", round).isEqualTo(content);
                ByteArrayOutputStream copy = new ByteArrayOutputStream();
                client.get("payara/by-rest", copy);
                assertThat(copy.toByteArray()).as("in round %d", round).isEqualTo(content);

                redeployWhileOthersWrite();
                awaitServing();
            }
            assertThat(get("payara/by-rest")).isEqualTo(content);
        }
        assertNothingBehindChunksIsTakenForARequest();
        assertBodiesArriveWithAnOfferOfHttp2(content);
        assertRequestsMayFollowWithoutWaiting();
        assertThat(NODE.admitsAnybody())
                .as("the console takes commands without a password")
                .isFalse();
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(classLoaders())
                .as("deployments in memory")
                .isLessThanOrEqualTo(1 + REMEMBERED));
    }

    @Test
    @Order(2)
    void aNodeThatOthersReachDoesNotStartWithoutCertificates() throws IOException {
        assertThat(NODE.deploysWith("craq.node.bind", "0.0.0.0", INSTALLATION.nodeWar()))
                .isFalse();
        assertThat(NODE.log())
                .contains("this server would be open to everyone who reaches 0.0.0.0: make certificates with");
    }

    @Test
    @Order(3)
    void theSameDomainsWithCertificatesAskWhoCalls() throws IOException {
        try (SecuredPayara secured = new SecuredPayara(
                FOLDER.resolve("security"),
                MANAGER,
                managerAddress(),
                NODE,
                "127.0.0.1:" + PORTS.nodeGrpc().get(0))) {
            CompletableFuture<Void> manager = CompletableFuture.runAsync(
                    () -> MANAGER.prepare(DATABASE.access(), INSTALLATION.managerWar(), secured.managerSettings()));
            Map<String, Object> settings = new TreeMap<>(nodeSettings());
            settings.putAll(secured.nodeSettings());
            NODE.prepare(DATABASE.access(), INSTALLATION.nodeWar(), settings);
            manager.join();
            secured.awaitServing();
            secured.assertStored("payara/by-rest", content());
            secured.assertEveryoneDoesWhatItMay();
            NODE.redeploy(INSTALLATION.nodeWar());
            secured.awaitServing();
            secured.assertUsersAreStillKnown();
            secured.assertStored("payara/by-rest", content());
        }
    }

    private static byte[] content() {
        byte[] content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        return content;
    }

    /** Each request must be answered somehow, or its connection closed. */
    private void redeployWhileOthersWrite() {
        AtomicBoolean goesOn = new AtomicBoolean(true);
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<CompletableFuture<Void>> writers = IntStream.range(0, WRITERS)
                    .mapToObj(writer -> CompletableFuture.runAsync(
                            () -> {
                                while (goesOn.get()) {
                                    write("payara/written-" + writer);
                                }
                            },
                            threads))
                    .toList();
            NODE.redeploy(INSTALLATION.nodeWar());
            goesOn.set(false);
            writers.forEach(CompletableFuture::join);
        } finally {
            goesOn.set(false);
            threads.shutdownNow();
        }
    }

    private void write(String name) {
        try {
            http.send(
                    HttpRequest.newBuilder(file(NODE, name))
                            .timeout(ANSWERED)
                            .PUT(HttpRequest.BodyPublishers.ofString(name))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (HttpTimeoutException e) {
            throw new AssertionError("a request had no answer", e);
        } catch (IOException e) {
            // The connection was closed, which tells the client enough.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Java's client offers HTTP/2 in the first request on each connection, unless told otherwise. */
    private void assertBodiesArriveWithAnOfferOfHttp2(byte[] content) throws IOException, InterruptedException {
        for (HttpRequest.BodyPublisher body : List.of(
                HttpRequest.BodyPublishers.ofByteArray(content),
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)))) {
            HttpResponse<byte[]> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(file(NODE, "payara/offered"))
                                    .timeout(PATIENCE)
                                    .PUT(body)
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode())
                    .as(new String(answer.body(), StandardCharsets.UTF_8))
                    .isBetween(200, 201);
            assertThat(get("payara/offered")).isEqualTo(content);
        }
    }

    /** Payara begins a request that has already arrived in the thread that completes the one before. */
    private void assertRequestsMayFollowWithoutWaiting() throws IOException, InterruptedException {
        String next = "PUT /v1/files/payara/pipelined HTTP/1.1\r\nHost: "
                + URI.create(NODE.url()).getAuthority() + "\r\nContent-Length: 2\r\n\r\nhi";
        String answers = RawHttp.exchange(
                NODE.url(), "PUT /v1/files/payara/pipelined", "Content-Length: 2\r\n", "hi" + next.repeat(PIPELINED));
        assertThat(RawHttp.statuses(answers)).hasSize(1 + PIPELINED).allMatch(status -> status <= 201);
        for (int count = 0; count < PIPELINED; count++) {
            assertThat(send(HttpRequest.newBuilder(file(NODE, "payara/missing-" + count)))
                            .statusCode())
                    .isEqualTo(404);
        }
        assertThat(NODE.log())
                .as("database work without the deployment's class loader")
                .doesNotContain("RAR9000");
    }

    /** A proxy that uses the length would send all of this as one request. */
    private void assertNothingBehindChunksIsTakenForARequest() throws IOException, InterruptedException {
        String hidden = "PUT /v1/files/payara/smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx";
        String body = "0\r\n\r\n" + hidden;
        String head = "Content-Length: " + body.length() + "\r\nTransfer-Encoding: chunked\r\n";
        assertThat(RawHttp.statuses(RawHttp.exchange(NODE.url(), "PUT /v1/files/payara/both", head, body)))
                .hasSizeLessThanOrEqualTo(1);
        HttpResponse<byte[]> smuggled = send(HttpRequest.newBuilder(file(NODE, "payara/smuggled")));
        assertThat(smuggled.statusCode())
                .as(new String(smuggled.body(), StandardCharsets.UTF_8))
                .isEqualTo(404);
        String coded = RawHttp.exchange(
                NODE.url(),
                "PUT /v1/files/payara/coded",
                "Transfer-Encoding: gzip, chunked\r\n",
                "5\r\nhello\r\n0\r\n\r\n");
        assertThat(RawHttp.statuses(coded)).containsExactly(501);
    }

    /**
     * Returns the number of class loaders; the constants of an enum live as long as the class loader that loaded them.
     */
    private static long classLoaders() throws IOException {
        return new JavaProcess(NODE.pid()).reachable(ErrorCode.class.getName()) / ErrorCode.values().length;
    }

    private void awaitServing() {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> send(HttpRequest.newBuilder(URI.create(NODE.url() + "/health/ready")))
                                .statusCode()
                        == 200);
    }

    private int put(String name, byte[] content) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(file(NODE, name)).PUT(HttpRequest.BodyPublishers.ofByteArray(content)))
                .statusCode();
    }

    /** Reads a file through the manager, which redirects to the node. */
    private byte[] get(String name) throws IOException, InterruptedException {
        HttpResponse<byte[]> redirect = send(HttpRequest.newBuilder(file(MANAGER, name)));
        assertThat(redirect.statusCode()).isEqualTo(307);
        URI location = URI.create(redirect.headers().firstValue("Location").orElseThrow());
        return send(HttpRequest.newBuilder(location)).body();
    }

    private static URI file(PayaraDomain domain, String name) {
        return URI.create(domain.url() + "/v1/files/" + name);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
