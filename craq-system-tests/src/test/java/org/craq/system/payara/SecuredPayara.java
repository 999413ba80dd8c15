package org.craq.system.payara;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.craq.client.ClientTls;
import org.craq.client.ClusterHttp;
import org.craq.client.CraqClient;
import org.craq.client.Credentials;
import org.craq.client.cli.Main;
import org.craq.security.AccessKey;
import org.craq.system.Folders;
import org.craq.system.OidcIssuer;
import org.craq.system.chain.RawHttp;
import org.craq.system.chain.Rest;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.tls.TlsFiles;
import org.craq.wire.tls.UserTls;
import org.craq.wire.v1.GetRightsRequest;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.StatRequest;

/** A manager and a node on Payara that have certificates: who may do what by HTTPS, by gRPC and with the client. */
final class SecuredPayara implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int ANSWER_MILLIS = 20_000;
    private static final int CALL_SECONDS = 20;
    private static final String HOSTS = "127.0.0.1,localhost";
    private static final String PASSWORD = "correct horse battery";
    private static final String JSON = "application/json";
    private static final byte[] BODY = "content".getBytes(StandardCharsets.UTF_8);

    private final OidcIssuer issuer;
    private final Path certificates;
    private final Path adminKey;
    private final String managerAddress;
    private final String nodeAddress;
    private final String manager;
    private final String node;
    private final Rest rest;
    private final String admin;
    private Key reader;
    private Key writer;

    /** An access key and the header that shows it. */
    private record Key(String id, String secret) {
        String header() {
            return basic(id, secret);
        }
    }

    /** Makes certificates and the administrator's key; the domains get them by the settings below. */
    SecuredPayara(
            Path folder, PayaraDomain managerDomain, String managerAddress, PayaraDomain nodeDomain, String nodeAddress)
            throws IOException {
        issuer = new OidcIssuer();
        this.managerAddress = managerAddress;
        this.nodeAddress = nodeAddress;
        manager = managerDomain.secureUrl();
        node = nodeDomain.secureUrl();
        certificates = folder.resolve("certs");
        Folders.delete(certificates);
        craq("certs", "init", "--manager-server", "manager=" + HOSTS, "--server", "n1=" + HOSTS);
        craq("certs", "user", "reader");
        AccessKey.Created key = AccessKey.create("admin", Optional.empty(), Optional.empty(), new SecureRandom());
        adminKey = Files.writeString(folder.resolve("admin.key"), key.key().id() + ":" + key.secret() + "\n");
        admin = basic(key.key().id(), key.secret());
        rest = new Rest(LIMIT, ClusterHttp.of(Optional.of(ClientTls.trusting(authorities()))));
    }

    @Override
    public void close() throws IOException {
        issuer.close();
    }

    private Path authorities() {
        return certificates.resolve("ca.crt");
    }

    private void craq(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("--dir", certificates.toString()));
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

    /** Returns what the manager needs in addition. */
    Map<String, Object> managerSettings() {
        Map<String, Object> settings = settings("manager");
        settings.put("craq.manager.http.url", manager);
        settings.put("craq.admin.key.file", adminKey);
        return settings;
    }

    /** Returns what the node needs in addition. */
    Map<String, Object> nodeSettings() {
        Map<String, Object> settings = settings("n1");
        settings.put("craq.node.http.url", node);
        return settings;
    }

    private Map<String, Object> settings(String server) {
        Path files = certificates.resolve(server);
        return new TreeMap<>(Map.of(
                "craq.https.keystore",
                files.resolve("node.p12"),
                "craq.tls.certificate",
                files.resolve("node.crt"),
                "craq.tls.key",
                files.resolve("node.key"),
                "craq.tls.ca",
                authorities(),
                "craq.oidc.issuer",
                OidcIssuer.NAME,
                "craq.oidc.audience",
                OidcIssuer.AUDIENCE,
                "craq.oidc.jwks",
                issuer.url(),
                "craq.auth.container",
                true));
    }

    void awaitServing() {
        await().atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> rest.get(URI.create(node + "/health/ready")).status() == 200);
    }

    /** Fails unless the administrator reads this content. */
    void assertStored(String name, byte[] content) {
        assertThat(get(name, admin).body()).isEqualTo(content);
    }

    /** Asks everything once. */
    void assertEveryoneDoesWhatItMay() throws IOException {
        reader = user("reader", "reader:a/");
        writer = user("writer", "writer:a/");
        for (String name : List.of("a/x", "b/x")) {
            assertThat(rest.put(Rest.file(node, name), BODY, "Authorization", admin)
                            .status())
                    .isEqualTo(201);
        }
        assertWhoShowsNothingGetsNothing();
        assertMethodsAreToldToAnyone();
        assertAReaderReadsBelowItsPrefixAndWritesNowhere();
        assertAPutIsRefusedBeforeItsBody();
        assertUsersAreForAdministrators();
        assertAPasswordGivesAToken();
        assertRedirectsCarryATokenForTheRequest();
        assertCallsOfNodesAreForNodes();
        assertUsersCallNodes();
        assertTheClientActsWithinItsRights();
        assertATokenOfTheIssuerIsAccepted();
    }

    private static String basic(String user, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    private Rest.Answer json(String method, String url, String authorization, String body) {
        return rest.send(
                method,
                URI.create(url),
                body.getBytes(StandardCharsets.UTF_8),
                "Authorization",
                authorization,
                "Content-Type",
                JSON);
    }

    private Key user(String name, String... grants) {
        JsonArray all = new JsonArray();
        Stream.of(grants).forEach(all::add);
        JsonObject body = new JsonObject();
        body.add("grants", all);
        body.addProperty("password", PASSWORD);
        Rest.Answer made = json("PUT", manager + "/v1/admin/users/" + name, admin, body.toString());
        assertThat(made.status()).as(made.text()).isIn(200, 201);
        Rest.Answer key = json("POST", manager + "/v1/admin/users/" + name + "/keys", admin, "{}");
        assertThat(key.status()).as(key.text()).isEqualTo(201);
        return new Key(
                key.json().get("id").getAsString(), key.json().get("secret").getAsString());
    }

    private Rest.Answer get(String name, String authorization) {
        return rest.get(Rest.file(node, name), "Authorization", authorization);
    }

    private void assertWhoShowsNothingGetsNothing() {
        for (String url : List.of(
                node + "/v1/files/a/x",
                node + "/v1/files",
                node + "/v1/admin/status",
                manager + "/v1/files/a/x",
                manager + "/v1/admin/chains",
                manager + "/v1/admin/users",
                manager + "/v1/auth/whoami",
                node + "/metrics",
                manager + "/metrics")) {
            Rest.Answer answer = rest.get(URI.create(url));
            assertThat(answer.status()).as(url).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).as(url).contains("Bearer", "Basic");
            assertThat(answer.json().get("code").getAsString()).as(url).isEqualTo("UNAUTHENTICATED");
            assertThat(rest.get(URI.create(url), "Authorization", "Bearer wrong")
                            .status())
                    .as(url)
                    .isEqualTo(401);
        }
        assertThat(rest.put(Rest.file(node, "a/new"), BODY).status()).isEqualTo(401);
        assertThat(rest.delete(Rest.file(node, "a/x")).status()).isEqualTo(401);
        assertThat(rest.send("POST", URI.create(node + "/v1/transactions"), BODY, "Content-Type", JSON)
                        .status())
                .isEqualTo(401);
        assertThat(rest.send("POST", URI.create(node + "/v1/uploads/a/new"), BODY)
                        .status())
                .isEqualTo(401);
        for (String open : List.of(
                node + "/health/live",
                manager + "/health/live",
                node + "/v1/openapi.json",
                manager + "/v1/openapi.json")) {
            assertThat(rest.get(URI.create(open)).status()).as(open).isEqualTo(200);
        }
    }

    private void assertATokenOfTheIssuerIsAccepted() throws IOException {
        Rest.Answer granted =
                json("POST", manager + "/v1/admin/users/group:engineers/grants", admin, "{\"grant\": \"writer:a/\"}");
        assertThat(granted.status()).as(granted.text()).isEqualTo(200);
        String token = issuer.token("anna", "engineers");
        assertThat(get("a/x", "Bearer " + token).body()).isEqualTo(BODY);
        assertThat(get("b/x", "Bearer " + token).text()).contains("user oidc:anna must not");
        Rest.Answer redirect = rest.get(Rest.file(manager, "a/x"), "Authorization", "Bearer " + token);
        assertThat(rest.get(URI.create(redirect.header("Location"))).body()).isEqualTo(BODY);
        try (CraqClient anna = client(Credentials.token(token))) {
            anna.put("a/anna", new ByteArrayInputStream(BODY));
            assertThat(anna.stat("a/anna").length()).isEqualTo(BODY.length);
        }
        String foreign = issuer.sign(
                issuer.claims("anna", "engineers").audience("another").build());
        assertThat(get("a/x", "Bearer " + foreign).status()).isEqualTo(401);
    }

    private void assertMethodsAreToldToAnyone() {
        for (String url : List.of(
                node + "/v1/files/a/x", node + "/v1/uploads", node + "/v1/admin/status", manager + "/v1/admin/users")) {
            Rest.Answer answer = rest.send("OPTIONS", URI.create(url), new byte[0]);
            assertThat(answer.status()).as(url).isIn(200, 204);
            assertThat(answer.text()).as(url).doesNotContain("reader");
        }
        assertThat(rest.send("OPTIONS", Rest.file(node, "a/x"), new byte[0]).header("Allow"))
                .contains("GET", "PUT", "DELETE");
    }

    private void assertAReaderReadsBelowItsPrefixAndWritesNowhere() {
        String mine = reader.header();
        assertThat(get("a/x", mine).body()).isEqualTo(BODY);
        Rest.Answer there = get("b/x", mine);
        Rest.Answer absent = get("b/y", mine);
        assertThat(there.status()).isEqualTo(403);
        assertThat(absent.status()).isEqualTo(403);
        assertThat(there.json().get("detail").getAsString().replace("b/x", "b/y"))
                .isEqualTo(absent.json().get("detail").getAsString());
        assertThat(rest.put(Rest.file(node, "a/x"), BODY, "Authorization", mine).status())
                .isEqualTo(403);
        assertThat(rest.delete(Rest.file(node, "a/x"), "Authorization", mine).status())
                .isEqualTo(403);
        URI list = URI.create(node + "/v1/files");
        assertThat(Rest.names(rest.get(list, "Authorization", mine))).containsExactly("a/x");
        assertThat(Rest.names(rest.get(list, "Authorization", admin))).contains("a/x", "b/x");
        assertThat(rest.get(URI.create(list + "?prefix=b/"), "Authorization", mine)
                        .status())
                .isEqualTo(403);
    }

    /** Sends a head that announces a large body, and nothing of the body. */
    private void assertAPutIsRefusedBeforeItsBody() throws IOException {
        URI target = Rest.file(node, "a/refused");
        for (Map.Entry<String, Integer> expected : Map.of("", 401, "Authorization: " + reader.header() + "\r\n", 403)
                .entrySet()) {
            String head = "PUT " + target.getRawPath() + " HTTP/1.1\r\nHost: " + target.getAuthority() + "\r\n"
                    + expected.getKey() + "Content-Length: 10000000\r\n\r\n";
            try (Socket socket = UserTls.httpContext(authorities(), Optional.empty())
                    .getSocketFactory()
                    .createSocket(target.getHost(), target.getPort())) {
                socket.setSoTimeout(ANSWER_MILLIS);
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                byte[] begin = new byte[8192];
                int length = socket.getInputStream().read(begin);
                assertThat(RawHttp.statuses(new String(begin, 0, Math.max(length, 0), StandardCharsets.UTF_8)))
                        .containsExactly(expected.getValue());
            }
        }
        assertThat(get("a/refused", admin).status()).isEqualTo(404);
    }

    private void assertUsersAreForAdministrators() {
        for (String url :
                List.of(manager + "/v1/admin/users", manager + "/v1/admin/chains", node + "/v1/admin/status")) {
            URI uri = URI.create(url);
            assertThat(rest.get(uri, "Authorization", writer.header()).status())
                    .as(url)
                    .isEqualTo(403);
            Rest.Answer answer = rest.get(uri, "Authorization", admin);
            assertThat(answer.status()).as(url).isEqualTo(200);
            assertThat(answer.text()).doesNotContain("pbkdf2").doesNotContain("secretHash");
        }
        assertThat(json("PUT", manager + "/v1/admin/users/writer", writer.header(), "{\"grants\": [\"admin:\"]}")
                        .status())
                .isEqualTo(403);
    }

    private void assertAPasswordGivesAToken() {
        String url = manager + "/v1/auth/token";
        assertThat(json("POST", url, basic("writer", "wrong horse battery"), "").status())
                .isEqualTo(401);
        String bearer = "Bearer "
                + json("POST", url, basic("reader", PASSWORD), "")
                        .json()
                        .get("token")
                        .getAsString();
        assertThat(rest.get(URI.create(manager + "/v1/auth/whoami"), "Authorization", bearer)
                        .json()
                        .get("user")
                        .getAsString())
                .isEqualTo("reader");
        assertThat(get("a/x", bearer).body()).isEqualTo(BODY);
        assertThat(get("b/x", bearer).status()).isEqualTo(403);
        assertThat(get("a/x", basic("reader", PASSWORD)).status())
                .as("a password at a node")
                .isEqualTo(401);
    }

    private void assertRedirectsCarryATokenForTheRequest() {
        Rest.Answer toTail = rest.get(Rest.file(manager, "a/x"), "Authorization", writer.header());
        assertThat(toTail.status()).isEqualTo(307);
        String location = toTail.header("Location");
        assertThat(location).startsWith(node).contains("craq-token=").doesNotContain(writer.secret());
        assertThat(rest.get(URI.create(location)).body()).isEqualTo(BODY);
        assertThat(rest.delete(URI.create(location)).status()).isEqualTo(401);
        assertThat(rest.get(URI.create(location.replace("a/x", "a/y"))).status())
                .isEqualTo(401);
        Rest.Answer toHead = rest.put(Rest.file(manager, "a/redirected ü"), BODY, "Authorization", writer.header());
        assertThat(toHead.status()).isEqualTo(307);
        assertThat(rest.put(URI.create(toHead.header("Location")), BODY).status())
                .isEqualTo(201);
        assertThat(get("a/redirected ü", reader.header()).body()).isEqualTo(BODY);
    }

    private ManagedChannel channel(String address, Optional<TlsFiles> own) {
        return NettyChannelBuilder.forTarget(address)
                .sslContext(UserTls.context(authorities(), own))
                .build();
    }

    private Optional<TlsFiles> ofReader() {
        Path files = certificates.resolve("users/reader");
        return Optional.of(new TlsFiles(files.resolve("user.crt"), files.resolve("user.key"), authorities()));
    }

    private static void refusedByGrpc(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> assertThat(
                        Errors.fromGrpc(e).code())
                .isEqualTo(code));
    }

    private void assertCallsOfNodesAreForNodes() {
        GetRightsRequest request = GetRightsRequest.newBuilder().setNodeId("n1").build();
        ManagedChannel anonymous = channel(managerAddress, Optional.empty());
        ManagedChannel ofUser = channel(managerAddress, ofReader());
        try {
            refusedByGrpc(ErrorCode.UNAUTHENTICATED, () -> ManagerGrpc.newBlockingStub(anonymous)
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .getRights(request));
            refusedByGrpc(ErrorCode.UNAUTHENTICATED, () -> ManagerGrpc.newBlockingStub(anonymous)
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .withCallCredentials(new Header(admin))
                    .getRights(request));
            refusedByGrpc(ErrorCode.PERMISSION_DENIED, () -> ManagerGrpc.newBlockingStub(ofUser)
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .getRights(request));
        } finally {
            anonymous.shutdownNow();
            ofUser.shutdownNow();
        }
    }

    private void assertUsersCallNodes() {
        StatRequest mine = StatRequest.newBuilder().setName("a/x").build();
        StatRequest others = StatRequest.newBuilder().setName("b/x").build();
        ManagedChannel anonymous = channel(nodeAddress, Optional.empty());
        ManagedChannel ofUser = channel(nodeAddress, ofReader());
        try {
            NodeGrpc.NodeBlockingStub withKey =
                    NodeGrpc.newBlockingStub(anonymous).withCallCredentials(new Header(reader.header()));
            NodeGrpc.NodeBlockingStub withCertificate = NodeGrpc.newBlockingStub(ofUser);
            refusedByGrpc(ErrorCode.UNAUTHENTICATED, () -> NodeGrpc.newBlockingStub(anonymous)
                    .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                    .stat(mine));
            for (NodeGrpc.NodeBlockingStub stub : List.of(withKey, withCertificate)) {
                assertThat(stub.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                                .stat(mine))
                        .isNotNull();
                refusedByGrpc(ErrorCode.PERMISSION_DENIED, () -> stub.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                        .stat(others));
            }
        } finally {
            anonymous.shutdownNow();
            ofUser.shutdownNow();
        }
    }

    /** Adds the header with which users show who they are. */
    private static final class Header extends CallCredentials {
        private final String value;

        Header(String value) {
            this.value = value;
        }

        @Override
        public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), value);
            applier.apply(headers);
        }
    }

    private CraqClient client(Key key) {
        return client(Credentials.accessKey(key.id(), key.secret()));
    }

    private CraqClient client(Credentials credentials) {
        return CraqClient.builder()
                .manager(managerAddress)
                .tls(ClientTls.trusting(authorities()))
                .credentials(credentials)
                .operationTimeout(LIMIT)
                .build();
    }

    private void assertTheClientActsWithinItsRights() throws IOException {
        byte[] content = new byte[3_000_000];
        new Random(2).nextBytes(content);
        try (CraqClient mine = client(writer)) {
            mine.put("a/client", new ByteArrayInputStream(content));
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            mine.get("a/client", read);
            assertThat(read.toByteArray()).isEqualTo(content);
            assertThatThrownBy(() -> mine.put("b/client", new ByteArrayInputStream(BODY)))
                    .isInstanceOfSatisfying(
                            CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        }
        assertThat(get("a/client", reader.header()).body()).isEqualTo(content);
    }

    /** After a deployment in place of the former one. */
    void assertUsersAreStillKnown() {
        assertThat(get("a/x", reader.header()).body()).isEqualTo(BODY);
        assertThat(get("b/x", reader.header()).status()).isEqualTo(403);
        assertThat(rest.get(Rest.file(node, "a/x")).status()).isEqualTo(401);
    }
}
