package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.HttpsURLConnection;
import org.craq.client.ChainInfo;
import org.craq.client.ClientTls;
import org.craq.client.CraqClient;
import org.craq.client.GetOptions;
import org.craq.client.MemberInfo;
import org.craq.client.cli.Main;
import org.craq.system.Folders;
import org.craq.system.TestCluster;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.tls.TlsCredentials;
import org.craq.wire.tls.TlsFiles;
import org.craq.wire.tls.UserTls;
import org.craq.wire.v1.HeartbeatRequest;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.RegisterNodeRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** A cluster whose servers have certificates: it works as one without, and nobody but a node speaks as a node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TlsIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Several times the interval at which servers look at their files. */
    private static final Duration EXCHANGE = Duration.ofSeconds(40);

    private static final String ADDRESS = "127.0.0.1";
    private static final String HOSTS = ADDRESS + ",localhost";

    private final Path certificates = Folders.target().resolve("tls-certificates");
    private TestCluster own;
    private CraqClient client;
    private Rest rest;

    @BeforeAll
    void start() {
        Folders.delete(certificates);
        craq(
                "certs",
                "init",
                "--dir",
                certificates.toString(),
                "--cluster",
                "tls",
                "--manager-server",
                "manager=" + HOSTS,
                "--server",
                "n1=" + HOSTS,
                "--server",
                "n2=" + ADDRESS);
        craq("certs", "user", "alice", "--dir", certificates.toString());
        own = TestCluster.create("tls", cluster -> cluster.nodes(2)
                .certificates(certificates)
                // Users are the subject of SecurityIT.
                .property("craq.security", "off"));
        own.cluster().up();
        client = own.cluster().client().build();
        rest = new Rest(LIMIT, own.cluster().http());
    }

    @AfterAll
    void stop() throws IOException {
        if (client != null) {
            client.close();
        }
        if (own != null) {
            own.close();
        }
        Folders.delete(certificates);
    }

    private static void craq(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(Arrays.asList(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void put(String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        client.put(name, new ByteArrayInputStream(bytes));
    }

    private String read(String name, String node) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        client.get(name, content, GetOptions.defaults().withNode(node));
        return content.toString(StandardCharsets.UTF_8);
    }

    private ManagedChannel managerChannel(SslContext context) {
        return NettyChannelBuilder.forTarget(own.cluster().managerAddress())
                .sslContext(context)
                .build();
    }

    private TlsCredentials of(String server) {
        return TlsCredentials.load(files(certificates.resolve(server), "node"));
    }

    private TlsFiles files(Path folder, String kind) {
        return new TlsFiles(
                folder.resolve(kind + ".crt"), folder.resolve(kind + ".key"), certificates.resolve("ca.crt"));
    }

    @Test
    @Order(1)
    void aChainWritesReadsAndTakesBackAMember() throws IOException {
        put("tls/a", "one");
        assertThat(read("tls/a", "n1")).isEqualTo("one");
        assertThat(read("tls/a", "n2")).isEqualTo("one");

        own.cluster().kill("n2");
        put("tls/b", "while n2 was away");
        own.cluster().start("n2");
        await().atMost(LIMIT)
                .until(() -> client.chain().members().stream()
                                .filter(MemberInfo::complete)
                                .count()
                        == 2);
        assertThat(read("tls/b", "n2")).isEqualTo("while n2 was away");
    }

    @Test
    @Order(2)
    void nobodySpeaksAsAnotherNode() throws IOException {
        ChainInfo before = client.chain();
        HeartbeatRequest leaving = HeartbeatRequest.newBuilder()
                .setNodeId("n2")
                .setIncarnation("00000000-0000-0000-0000-000000000001")
                .setLeaving(true)
                .build();
        RegisterNodeRequest takeover = RegisterNodeRequest.newBuilder()
                .setNodeId("n1")
                .setIncarnation("00000000-0000-0000-0000-000000000001")
                .setGrpcAddress("10.0.0.1:8001")
                .setHttpUrl("https://10.0.0.1:8080")
                .build();
        Path authorities = certificates.resolve("ca.crt");
        SslContext anonymous = UserTls.context(authorities, Optional.empty());
        SslContext alice =
                UserTls.context(authorities, Optional.of(files(certificates.resolve("users/alice"), "user")));
        refused(ErrorCode.UNAUTHENTICATED, anonymous, leaving, takeover);
        refused(ErrorCode.PERMISSION_DENIED, alice, leaving, takeover);
        // n1 may register itself, but not an address that its certificate does not name.
        refused(ErrorCode.PERMISSION_DENIED, of("n1").toManager(), leaving, takeover);
        assertThatCode(() -> ask(alice, stub -> stub.getChain(org.craq.wire.v1.GetChainRequest.getDefaultInstance())))
                .doesNotThrowAnyException();

        put("tls/c", "still both");
        assertThat(client.chain()).isEqualTo(before);
    }

    private interface Call {
        Object on(ManagerGrpc.ManagerBlockingStub stub);
    }

    private void ask(SslContext context, Call call) {
        ManagedChannel channel = managerChannel(context);
        try {
            Object unused = call.on(ManagerGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS));
        } finally {
            channel.shutdownNow();
        }
    }

    private void refused(ErrorCode code, SslContext context, HeartbeatRequest leaving, RegisterNodeRequest takeover) {
        assertThatThrownBy(() -> ask(context, stub -> stub.heartbeat(leaving)))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(Errors.fromGrpc(e).code()).isEqualTo(code));
        assertThatThrownBy(() -> ask(context, stub -> stub.registerNode(takeover)))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(Errors.fromGrpc(e).code()).isEqualTo(code));
    }

    @Test
    @Order(3)
    void clientsThatTrustNobodyOrSomebodyElseAreToldWhatIsMissing() throws IOException {
        CraqClient.Builder plain =
                CraqClient.builder().manager(own.cluster().managerAddress()).operationTimeout(Duration.ofSeconds(5));
        try (CraqClient without = plain.build()) {
            assertThatThrownBy(() -> without.stat("tls/a")).hasMessageContaining("--ca FILE");
        }
        Path other = certificates.resolve("other");
        craq("certs", "init", "--dir", other.toString(), "--server", "n1=" + HOSTS);
        try (CraqClient stranger =
                plain.tls(ClientTls.trusting(other.resolve("ca.crt"))).build()) {
            assertThatThrownBy(() -> stranger.stat("tls/a")).hasMessageContaining("certification path");
        }
        assertThatThrownBy(() -> plain.tls(ClientTls.trusting(certificates.resolve("none.crt")))
                        .build())
                .hasMessageContaining("none.crt does not exist");
    }

    /** Returns the serial number of the certificate that a new connection gets. */
    private BigInteger serialByHttps(String node) throws IOException {
        HttpsURLConnection connection = (HttpsURLConnection)
                own.cluster().http().open(URI.create(own.cluster().nodeUrl(node) + "/health/live"));
        connection.setRequestProperty("Connection", "close");
        assertThat(connection.getResponseCode()).isEqualTo(200);
        return ((X509Certificate) connection.getServerCertificates()[0]).getSerialNumber();
    }

    private static BigInteger serial(Path certificate) throws IOException, CertificateException {
        try (InputStream file = Files.newInputStream(certificate)) {
            return ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file))
                    .getSerialNumber();
        }
    }

    @Test
    @Order(4)
    void restIsHttpsFromTheManagersRedirectToEveryNode() {
        byte[] content = "by rest".getBytes(StandardCharsets.UTF_8);
        Rest.Answer redirect = rest.put(Rest.file(own.cluster().managerUrl(), "tls/rest"), content);
        assertThat(redirect.status()).isEqualTo(307);
        assertThat(redirect.header("Location")).startsWith("https://");
        assertThat(rest.put(URI.create(redirect.header("Location")), content).status())
                .isEqualTo(201);
        for (String node : List.of("n1", "n2")) {
            Rest.Answer read = rest.get(Rest.file(own.cluster().nodeUrl(node), "tls/rest"));
            assertThat(read.text()).as(node).isEqualTo("by rest");
        }
        URI atHead = Rest.file(own.cluster().nodeUrl("n1"), "tls/rest");
        assertThat(rest.head(atHead).header("Content-Length")).isEqualTo("7");
        assertThat(rest.delete(atHead).status()).isBetween(200, 204);
        assertThat(rest.get(atHead).status()).isEqualTo(404);
    }

    @Test
    @Order(5)
    void anUploadInPartsIsPassedOnToTheHead() {
        assertThat(client.chain().members().get(0).nodeId()).isEqualTo("n1");
        Tus tus = new Tus(rest, own.cluster().nodeUrl("n2"));
        byte[] content = new byte[100_000];
        String upload = Tus.path(tus.create("tls/tus", content.length));
        assertThat(tus.send(upload, 0, Arrays.copyOf(content, 40_000)).status()).isEqualTo(204);
        assertThat(tus.offset(upload)).isEqualTo(40_000);
        assertThat(tus.send(upload, 40_000, Arrays.copyOfRange(content, 40_000, content.length))
                        .status())
                .isEqualTo(204);
        assertThat(rest.get(Rest.file(own.cluster().nodeUrl("n1"), "tls/tus")).body())
                .isEqualTo(content);
    }

    @Test
    @Order(6)
    void restIsRefusedByClientsAndUnderNamesThatDoNotFit() throws IOException {
        URI status = URI.create(own.cluster().nodeUrl("n2") + "/v1/admin/status");
        assertThat(rest.get(status).status()).isEqualTo(200);
        assertThatThrownBy(() -> new Rest(LIMIT).get(status)).hasRootCauseInstanceOf(GeneralSecurityException.class);
        URI otherName = URI.create(status.toString().replace(ADDRESS, "localhost"));
        assertThatThrownBy(() -> rest.get(otherName)).hasStackTraceContaining("localhost");

        String plain = own.cluster().nodeUrl("n2").replace("https://", "http://");
        for (String server : List.of(plain, own.cluster().managerUrl().replace("https://", "http://"))) {
            assertThat(RawHttp.exchange(server, "GET /v1/admin/status", "", "")).doesNotContain("HTTP/");
        }
    }

    @Test
    @Order(7)
    void statusPagesTellWhenCertificatesExpireAndCommandsReadThem() {
        for (String url : List.of(own.cluster().nodeUrl("n1"), own.cluster().managerUrl())) {
            JsonObject tls =
                    rest.get(URI.create(url + "/v1/admin/status")).json().getAsJsonObject("tls");
            assertThat(Instant.parse(tls.get("certificateExpires").getAsString()))
                    .isAfter(Instant.now().plus(Duration.ofDays(390)));
            assertThat(Instant.parse(tls.get("authoritiesExpire").getAsString()))
                    .isAfter(Instant.now().plus(Duration.ofDays(3600)));
            assertThat(tls.get("reloadFailure").getAsString()).isEmpty();
        }
        craq(
                "nodes",
                "--manager",
                own.cluster().managerAddress(),
                "--ca",
                certificates.resolve("ca.crt").toString());
    }

    @Test
    @Order(8)
    void certificatesAreExchangedUnderLoadAndWrongFilesAreNotTaken() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread load = new Thread(() -> {
            try {
                while (!done.get()) {
                    put("tls/load/" + written.incrementAndGet() % 10, "x".repeat(1000));
                    assertThat(serialByHttps("n2")).isPositive();
                }
            } catch (IOException | RuntimeException | AssertionError e) {
                failure.set(e);
            }
        });
        load.start();
        Path certificate = certificates.resolve("n2/node.crt");
        String valid = Files.readString(certificate);
        String metrics = own.cluster().nodeUrl("n2") + "/metrics";
        try {
            craq("certs", "renew", "--all", "--dir", certificates.toString());
            String renewed = Files.readString(certificate);
            assertThat(renewed).isNotEqualTo(valid);
            BigInteger before = serialByHttps("n2");
            assertThat(own.cluster().reloadCertificates()).containsExactly("manager", "n1", "n2");
            assertThat(serialByHttps("n2")).isNotEqualTo(before).isEqualTo(serial(certificate));
            String log = "certificate of node n2 of cluster tls was exchanged";
            await().atMost(EXCHANGE)
                    .until(() -> Files.readString(own.cluster().log("n2")).contains(log));

            Files.writeString(certificate, renewed.substring(0, renewed.length() / 2));
            await().atMost(EXCHANGE).until(() -> !rest.get(URI.create(metrics))
                    .text()
                    .contains("craq_certificate_reload_failures_total 0.0"));
            Files.writeString(certificate, renewed);
        } finally {
            done.set(true);
            load.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(written.get()).isPositive();
        assertThat(rest.get(URI.create(metrics)).text())
                .containsPattern("craq_certificate_expires_seconds\\{file=\"certificate\"} [0-9.E]+");
        assertThat(client.chain().members()).hasSize(2).allMatch(MemberInfo::complete);
        // A node goes on to pass uploads on with its new certificate, to the head's new one.
        assertThat(new Tus(rest, own.cluster().nodeUrl("n2"))
                        .create("tls/later", 1)
                        .status())
                .isEqualTo(201);
        // A new connection gets the new certificate.
        try (CraqClient later = own.cluster().client().build()) {
            assertThat(later.stat("tls/a").length()).isEqualTo(3);
        }
    }
}
