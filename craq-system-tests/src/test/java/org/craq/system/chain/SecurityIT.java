package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.craq.client.ClientTls;
import org.craq.client.CraqClient;
import org.craq.client.Credentials;
import org.craq.client.GetOptions;
import org.craq.client.ListOptions;
import org.craq.client.cli.CraqCommand;
import org.craq.client.cli.Main;
import org.craq.server.limits.LimitSettings;
import org.craq.system.OidcIssuer;
import org.craq.system.TestCluster;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;
import org.craq.wire.tls.TlsCredentials;
import org.craq.wire.tls.TlsFiles;
import org.craq.wire.tls.UserTls;
import org.craq.wire.v1.GetChainRequest;
import org.craq.wire.v1.GetRightsRequest;
import org.craq.wire.v1.ManagerGrpc;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.SignRequestRequest;
import org.craq.wire.v1.StatRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A cluster that secures itself: who may do what, at every interface. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SecurityIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** The lease, and one beat of a transfer. */
    private static final Duration PROMISED = Duration.ofMillis(2700);

    private static final String JSON = "application/json";
    private static final byte[] BODY = "content".getBytes(StandardCharsets.UTF_8);

    private OidcIssuer issuer;
    private TestCluster own;
    private Rest rest;
    private String manager;
    private String n1;
    private String n2;
    private String admin;
    private Key reader;
    private Key writer;
    private Key second;
    /** Everything that nobody else may get to know. */
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();

    /** An access key and the header that shows it. */
    private record Key(String id, String secret) {
        String header() {
            return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
        }
    }

    @BeforeAll
    void start() throws IOException {
        issuer = new OidcIssuer();
        own = TestCluster.create("security", cluster -> cluster.nodes(2)
                .secure(false)
                .property("craq.oidc.issuer", OidcIssuer.NAME)
                .property("craq.oidc.audience", OidcIssuer.AUDIENCE)
                .property("craq.oidc.jwks", issuer.file())
                .property("n1", "craq.oidc.jwks", issuer.url())
                .property("n2", "craq.auth.container", "true")
                .property("n2", LimitSettings.USER_RATE, "100")
                .property("n2", LimitSettings.USER_BURST, "1000"));
        own.cluster().up();
        rest = new Rest(LIMIT, own.cluster().http());
        manager = own.cluster().managerUrl();
        n1 = own.cluster().nodeUrl("n1");
        n2 = own.cluster().nodeUrl("n2");
        admin = own.cluster().authorization().orElseThrow();
        String adminKey =
                new String(Base64.getDecoder().decode(admin.substring("Basic ".length())), StandardCharsets.UTF_8);
        secrets.add(adminKey.substring(adminKey.indexOf(':') + 1));
        secrets.add(admin.substring("Basic ".length()));
        reader = user("reader", "reader:a/");
        writer = user("writer", "writer:a/");
        second = user("second", "writer:a/");
        for (String name : List.of("a/x", "b/x")) {
            assertThat(put(n1, name, admin).status()).isEqualTo(201);
        }
    }

    @AfterAll
    void stop() throws IOException {
        if (own != null) {
            try {
                refuseSecretsInLogs();
            } finally {
                own.close();
            }
        }
        issuer.close();
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
        assertThat(json("PUT", manager + "/v1/admin/users/" + name, admin, body.toString())
                        .status())
                .isIn(200, 201);
        Rest.Answer key = json("POST", manager + "/v1/admin/users/" + name + "/keys", admin, "{}");
        assertThat(key.status()).isEqualTo(201);
        Key made = new Key(
                key.json().get("id").getAsString(), key.json().get("secret").getAsString());
        secrets.add(made.secret());
        secrets.add(made.header().substring("Basic ".length()));
        return made;
    }

    private Rest.Answer get(String node, String name, String authorization) {
        return rest.get(Rest.file(node, name), "Authorization", authorization);
    }

    private Rest.Answer put(String node, String name, String authorization, String... headers) {
        return rest.put(Rest.file(node, name), BODY, with(headers, authorization));
    }

    private static String[] with(String[] headers, String authorization) {
        List<String> all = new ArrayList<>(Arrays.asList(headers));
        all.addAll(List.of("Authorization", authorization));
        return all.toArray(String[]::new);
    }

    private String token(Key key) {
        return token(key.header());
    }

    private String token(String authorization) {
        Rest.Answer answer = json("POST", manager + "/v1/auth/token", authorization, "");
        assertThat(answer.status()).isEqualTo(200);
        String token = answer.json().get("token").getAsString();
        secrets.add(token);
        return token;
    }

    private CraqClient client(Key key) {
        return client(Credentials.accessKey(key.id(), key.secret()));
    }

    private CraqClient client(Credentials credentials) {
        return CraqClient.builder()
                .manager(own.cluster().managerAddress())
                .tls(ClientTls.trusting(own.cluster().authorities().orElseThrow()))
                .credentials(credentials)
                .operationTimeout(Duration.ofSeconds(20))
                .build();
    }

    private static void refused(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    // ---- REST ----

    @Test
    void whoShowsNothingGetsNothing() {
        for (String url : List.of(
                n1 + "/v1/files/a/x",
                n2 + "/v1/files/nothing",
                n1 + "/v1/files",
                n1 + "/v1/files/a/x?versions",
                manager + "/v1/files/a/x",
                n1 + "/v1/admin/status",
                n1 + "/v1/admin/digest",
                n1 + "/v1/admin/log-levels",
                manager + "/v1/admin/chains",
                manager + "/v1/admin/status",
                manager + "/v1/admin/users",
                manager + "/v1/auth/whoami",
                n1 + "/metrics",
                manager + "/metrics")) {
            Rest.Answer answer = rest.get(URI.create(url));
            assertThat(answer.status()).as(url).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).as(url).contains("Bearer", "Basic");
            assertThat(rest.get(URI.create(url), "Authorization", "Bearer wrong")
                            .status())
                    .as(url)
                    .isEqualTo(401);
        }
        assertThat(rest.put(Rest.file(n1, "a/new"), BODY).status()).isEqualTo(401);
        assertThat(rest.delete(Rest.file(n1, "a/x")).status()).isEqualTo(401);
        assertThat(rest.send("POST", URI.create(n1 + "/v1/transactions"), BODY, "Content-Type", JSON)
                        .status())
                .isEqualTo(401);
        assertThat(rest.send("POST", URI.create(n1 + "/v1/uploads/a/new"), BODY).status())
                .isEqualTo(401);
        for (String open : List.of(n1 + "/health/live", manager + "/health/live", n1 + "/v1/openapi.json")) {
            assertThat(rest.get(URI.create(open)).status()).as(open).isEqualTo(200);
        }
    }

    @Test
    void aReaderReadsBelowItsPrefixAndWritesNowhere() {
        String mine = reader.header();
        for (String node : List.of(n1, n2)) {
            assertThat(get(node, "a/x", mine).body()).isEqualTo(BODY);
            assertThat(rest.head(Rest.file(node, "a/x"), "Authorization", mine).status())
                    .isEqualTo(200);
            assertThat(rest.get(Rest.file(node, "a/x"), "Authorization", mine, "Range", "bytes=0-1")
                            .status())
                    .isEqualTo(206);
            assertThat(rest.get(URI.create(node + "/v1/files/a/x?versions"), "Authorization", mine)
                            .status())
                    .isEqualTo(200);
            Rest.Answer there = get(node, "b/x", mine);
            Rest.Answer absent = get(node, "b/y", mine);
            assertThat(there.status()).isEqualTo(403);
            assertThat(absent.status()).isEqualTo(403);
            assertThat(there.json().get("detail").getAsString().replace("b/x", "b/y"))
                    .as("does not tell whether a file exists")
                    .isEqualTo(absent.json().get("detail").getAsString());
        }
        assertThat(put(n1, "a/x", mine).status()).isEqualTo(403);
        assertThat(rest.send("POST", Rest.file(n1, "a/x"), BODY, "Authorization", mine)
                        .status())
                .isEqualTo(403);
        assertThat(rest.delete(Rest.file(n1, "a/x"), "Authorization", mine).status())
                .isEqualTo(403);
        for (String url : List.of(n1 + "/v1/admin/status", manager + "/v1/admin/users", n1 + "/metrics")) {
            assertThat(rest.get(URI.create(url), "Authorization", mine).status())
                    .as(url)
                    .isEqualTo(403);
        }
    }

    @Test
    void aWriterChangesFilesBelowItsPrefixButNoOldVersions() {
        String mine = writer.header();
        Rest.Answer first = put(n1, "a/written", mine);
        assertThat(first.status()).isEqualTo(201);
        assertThat(put(n1, "b/written", mine).status()).isEqualTo(403);
        assertThat(put(n1, "a/written", mine).status()).isEqualTo(200);
        String version = first.json().get("version").getAsString();
        URI old = URI.create(n1 + "/v1/files/a/written?version=" + version);
        assertThat(rest.delete(old, "Authorization", mine).status()).isEqualTo(403);
        assertThat(rest.delete(old, "Authorization", admin).status()).isEqualTo(200);

        assertThat(put(n1, "a/copy", mine, "X-Craq-Copy-Source", "b/x").status())
                .isEqualTo(403);
        assertThat(put(n1, "b/copy", mine, "X-Craq-Copy-Source", "a/x").status())
                .isEqualTo(403);
        String outside = "{\"steps\": [{\"copy\": \"a/written\", \"to\": \"a/both\"}, {\"delete\": \"b/x\"}]}";
        assertThat(json("POST", n1 + "/v1/transactions", mine, outside).status())
                .isEqualTo(403);
        assertThat(get(n1, "a/both", admin).status()).isEqualTo(404);
        assertThat(get(n1, "b/x", admin).status()).isEqualTo(200);
        assertThat(rest.delete(Rest.file(n1, "a/written"), "Authorization", mine)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aListShowsWhatMayBeRead() {
        String mine = reader.header();
        assertThat(names(n2 + "/v1/files", mine)).isNotEmpty().allMatch(name -> name.startsWith("a/"));
        assertThat(names(n2 + "/v1/files?prefix=a", mine)).contains("a/x");
        assertThat(names(n2 + "/v1/files", admin)).contains("a/x", "b/x");
        JsonObject grouped = rest.get(URI.create(n1 + "/v1/files?delimiter=/"), "Authorization", mine)
                .json();
        assertThat(grouped.getAsJsonArray("prefixes").toString()).isEqualTo("[\"a/\"]");
        assertThat(rest.get(URI.create(n1 + "/v1/files?prefix=b/"), "Authorization", mine)
                        .status())
                .isEqualTo(403);
        String cursor = rest.get(URI.create(n1 + "/v1/files?limit=1"), "Authorization", admin)
                .json()
                .get("nextCursor")
                .getAsString();
        assertThat(names(n1 + "/v1/files?cursor=" + cursor, mine))
                .as("with a cursor from another's page")
                .allMatch(name -> name.startsWith("a/"));
    }

    private List<String> names(String url, String authorization) {
        Rest.Answer answer = rest.get(URI.create(url), "Authorization", authorization);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().getAsJsonArray("files").asList().stream()
                .map(file -> file.getAsJsonObject().get("name").getAsString())
                .toList();
    }

    @Test
    void redirectsCarryATokenForTheRequestAndNoSecret() {
        String[] mine = {"Authorization", writer.header()};
        Rest.Answer toTail = rest.get(Rest.file(manager, "a/x"), mine);
        assertThat(toTail.status()).isEqualTo(307);
        String location = toTail.header("Location");
        assertThat(location).contains("craq-token=").doesNotContain(writer.secret());
        assertThat(rest.get(URI.create(location)).body()).isEqualTo(BODY);
        assertThat(rest.delete(URI.create(location)).status()).isEqualTo(401);
        assertThat(rest.get(URI.create(location.replace("a/x", "a/y"))).status())
                .isEqualTo(401);
        assertThat(rest.get(URI.create(location.replace("?", "?version=1-1&"))).status())
                .isEqualTo(401);

        for (String from : List.of(manager, n2)) {
            Rest.Answer toHead = rest.put(Rest.file(from, "a/redirected"), BODY, mine);
            assertThat(toHead.status()).isEqualTo(307);
            assertThat(rest.put(URI.create(toHead.header("Location")), BODY).status())
                    .isIn(200, 201);
        }
        assertThat(rest.put(Rest.file(n2, "b/redirected"), BODY, mine).status()).isEqualTo(403);
    }

    @Test
    void aPresignedUrlAllowsOneRequest() {
        Rest.Answer signed = json(
                "POST",
                manager + "/v1/auth/presign",
                reader.header(),
                "{\"path\": \"/v1/files/a/x\", \"seconds\": 60}");
        String query = signed.json().get("query").getAsString();
        assertThat(rest.get(URI.create(n2 + "/v1/files/a/x?" + query)).body()).isEqualTo(BODY);
        assertThat(rest.head(URI.create(n2 + "/v1/files/a/x?" + query)).status())
                .isEqualTo(200);
        assertThat(rest.put(URI.create(n1 + "/v1/files/a/x?" + query), BODY).status())
                .isEqualTo(401);
        Rest.Answer others = json(
                "POST",
                manager + "/v1/auth/presign",
                reader.header(),
                "{\"path\": \"/v1/files/b/x\", \"seconds\": 60}");
        assertThat(rest.get(URI.create(n2 + "/v1/files/b/x?"
                                + others.json().get("query").getAsString()))
                        .status())
                .as("signs no more than the user may do")
                .isEqualTo(403);
    }

    @Test
    void anUploadBelongsToItsUser() {
        byte[] content = new byte[10_000];
        for (String node : List.of(n1, n2)) {
            Rest.Answer made = rest.send(
                    "POST",
                    URI.create(node + "/v1/uploads/a/tus"),
                    new byte[0],
                    with(
                            new String[] {"Tus-Resumable", "1.0.0", "Upload-Length", Integer.toString(content.length)},
                            writer.header()));
            assertThat(made.status()).as(made.text()).isEqualTo(201);
            URI upload =
                    URI.create(node + "/v1/uploads/" + made.header("Location").replaceFirst(".*/", ""));
            assertThat(send(upload, content, second).status()).isEqualTo(404);
            assertThat(rest.head(upload, with(new String[] {"Tus-Resumable", "1.0.0"}, second.header()))
                            .status())
                    .isIn(404, 423);
            assertThat(send(upload, content, reader).status()).isEqualTo(404);
            assertThat(send(upload, content, writer).status()).isEqualTo(204);
            assertThat(get(n1, "a/tus", writer.header()).body()).isEqualTo(content);
            assertThat(rest.send(
                                    "POST",
                                    URI.create(node + "/v1/uploads/b/tus"),
                                    new byte[0],
                                    with(
                                            new String[] {"Tus-Resumable", "1.0.0", "Upload-Length", "1"},
                                            writer.header()))
                            .status())
                    .isEqualTo(403);
        }
    }

    private Rest.Answer send(URI upload, byte[] content, Key key) {
        return rest.send(
                "PATCH",
                upload,
                content,
                with(
                        new String[] {
                            "Tus-Resumable",
                            "1.0.0",
                            "Upload-Offset",
                            "0",
                            "Content-Type",
                            "application/offset+octet-stream"
                        },
                        key.header()));
    }

    @Test
    void aWriteIdIsItsUsersOwn() {
        String id = UUID.randomUUID().toString();
        String first = put(n1, "a/mine", writer.header(), "Idempotency-Key", id)
                .json()
                .get("version")
                .getAsString();
        assertThat(put(n1, "a/mine", writer.header(), "Idempotency-Key", id)
                        .json()
                        .get("version")
                        .getAsString())
                .isEqualTo(first);
        assertThat(put(n1, "a/mine", second.header(), "Idempotency-Key", id)
                        .json()
                        .get("version")
                        .getAsString())
                .isNotEqualTo(first);
    }

    // ---- gRPC and the client ----

    @Test
    void theClientActsWithinItsRights() throws IOException {
        try (CraqClient mine = client(writer)) {
            mine.put("a/client", new ByteArrayInputStream(BODY));
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            mine.get("a/client", read);
            assertThat(read.toByteArray()).isEqualTo(BODY);
            assertThat(mine.list(ListOptions.all()).files())
                    .extracting(file -> file.name())
                    .contains("a/client")
                    .allMatch(name -> name.startsWith("a/"));
            refused(ErrorCode.PERMISSION_DENIED, () -> mine.put("b/client", new ByteArrayInputStream(BODY)));
            refused(ErrorCode.PERMISSION_DENIED, () -> mine.stat("b/x"));
            refused(ErrorCode.PERMISSION_DENIED, () -> mine.delete("b/x"));
            byte[] large = new byte[20 << 20];
            Arrays.fill(large, (byte) 7);
            mine.put("a/large", new ByteArrayInputStream(large));
            ByteArrayOutputStream back = new ByteArrayOutputStream();
            mine.get("a/large", back);
            assertThat(back.toByteArray()).isEqualTo(large);
            mine.put("a/large", new ByteArrayInputStream(large));
        }
        assertThat(rest.get(URI.create(n1 + "/v1/admin/status"), "Authorization", admin)
                        .json()
                        .get("contentPort")
                        .getAsInt())
                .isPositive();
        assertThat(rest.get(URI.create(n1 + "/metrics"), "Authorization", admin).text())
                .as("contents of authenticated users and nodes take the content port")
                .containsPattern("craq_content_received_bytes_total [1-9][0-9.]*E7");
        try (CraqClient mine = client(reader)) {
            refused(ErrorCode.PERMISSION_DENIED, () -> mine.put("a/client", new ByteArrayInputStream(BODY)));
            refused(ErrorCode.PERMISSION_DENIED, () -> mine.delete("a/x"));
            assertThat(mine.stat("a/x").length()).isEqualTo(BODY.length);
        }
        try (CraqClient wrong = client(new Key(reader.id(), reader.secret() + "x"))) {
            refused(ErrorCode.UNAUTHENTICATED, () -> wrong.stat("a/x"));
        }
    }

    @Test
    void nodesAreNoUsersAndUsersAreNoNodes() {
        Path certificates = own.cluster().authorities().orElseThrow().resolveSibling("n2");
        TlsCredentials ofNode = TlsCredentials.load(new TlsFiles(
                certificates.resolve("node.crt"),
                certificates.resolve("node.key"),
                own.cluster().authorities().orElseThrow()));
        ManagedChannel toManager = NettyChannelBuilder.forTarget(own.cluster().managerAddress())
                .sslContext(ofNode.toManager())
                .build();
        ManagedChannel toNode = NettyChannelBuilder.forTarget(grpcAddress("n1"))
                .sslContext(ofNode.toNode("n1"))
                .build();
        try {
            refusedByGrpc(ErrorCode.PERMISSION_DENIED, () -> ManagerGrpc.newBlockingStub(toManager)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .getChain(GetChainRequest.getDefaultInstance()));
            refusedByGrpc(ErrorCode.PERMISSION_DENIED, () -> NodeGrpc.newBlockingStub(toNode)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .stat(StatRequest.newBuilder().setName("a/x").build()));
            refusedByGrpc(ErrorCode.PERMISSION_DENIED, () -> ManagerGrpc.newBlockingStub(toManager)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .getRights(GetRightsRequest.newBuilder().setNodeId("n1").build()));
            assertThat(ManagerGrpc.newBlockingStub(toManager)
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .getRights(GetRightsRequest.newBuilder()
                                    .setNodeId("n2")
                                    .build())
                            .getUsersCount())
                    .isGreaterThan(3);
            refusedByGrpc(ErrorCode.UNAUTHENTICATED, () -> ManagerGrpc.newBlockingStub(toManager)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .signRequest(SignRequestRequest.newBuilder()
                            .setNodeId("n2")
                            .setUser("nobody")
                            .build()));
        } finally {
            toManager.shutdownNow();
            toNode.shutdownNow();
        }
    }

    private String grpcAddress(String id) {
        return own.cluster().status().servers().stream()
                .filter(server -> server.id().equals(id))
                .findFirst()
                .orElseThrow()
                .grpcAddress();
    }

    private static void refusedByGrpc(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> assertThat(
                        Errors.fromGrpc(e).code())
                .isEqualTo(code));
    }

    // ---- users of an issuer ----

    private String tokenOf(String user, String... groups) {
        String token = issuer.token(user, groups);
        secrets.add(token);
        return token;
    }

    private void grant(String name, String grant) {
        Rest.Answer answer =
                json("POST", manager + "/v1/admin/users/" + name + "/grants", admin, "{\"grant\": \"" + grant + "\"}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    @Test
    void aTokenOfTheIssuerIsAcceptedAtEveryInterface() throws IOException {
        grant("oidc:anna", "writer:o/anna/");
        grant("group:engineers", "reader:a/");
        String token = tokenOf("anna", "engineers", "others");
        String bearer = "Bearer " + token;
        String[] mine = {"Authorization", bearer};
        JsonObject me = rest.get(URI.create(manager + "/v1/auth/whoami"), mine).json();
        assertThat(me.get("user").getAsString()).isEqualTo("oidc:anna");
        assertThat(me.get("method").getAsString()).isEqualTo("oidc");
        assertThat(me.get("groups").toString()).isEqualTo("[\"group:engineers\"]");
        assertThat(me.get("grants").toString()).isEqualTo("[\"reader:a/\",\"writer:o/anna/\"]");
        for (String node : List.of(n1, n2)) {
            assertThat(get(node, "a/x", bearer).body()).isEqualTo(BODY);
            assertThat(get(node, "b/x", bearer).status()).isEqualTo(403);
        }
        assertThat(put(n1, "o/anna/x", bearer).status()).isEqualTo(201);
        line("n1", "action", "write", "name", "o/anna/x", "user", "oidc:anna", "method", "OIDC", "outcome", "OK");
        assertThat(put(n1, "a/anna", bearer).status()).isEqualTo(403);
        for (String from : List.of(manager, n2)) {
            Rest.Answer toHead = rest.put(Rest.file(from, "o/anna/x"), BODY, mine);
            assertThat(toHead.status()).isEqualTo(307);
            assertThat(toHead.header("Location")).doesNotContain(token);
            assertThat(rest.put(URI.create(toHead.header("Location")), BODY).status())
                    .isEqualTo(200);
        }
        Rest.Answer toTail = rest.get(Rest.file(manager, "a/x"), mine);
        assertThat(rest.get(URI.create(toTail.header("Location"))).body())
                .as("by the grant of a group")
                .isEqualTo(BODY);
        assertThat(rest.get(Rest.file(n1, "a/x"), "Authorization", new Key("token", token).header())
                        .body())
                .isEqualTo(BODY);

        byte[] large = new byte[20 << 20];
        Arrays.fill(large, (byte) 7);
        Path file = Files.createTempFile("craq-token", "");
        Files.writeString(file, token);
        try (CraqClient anna = client(Credentials.tokenFile(file))) {
            anna.put("o/anna/large", new ByteArrayInputStream(large));
            ByteArrayOutputStream back = new ByteArrayOutputStream();
            anna.get("o/anna/large", back);
            assertThat(back.toByteArray()).isEqualTo(large);
            anna.put("o/anna/large", new ByteArrayInputStream(large));
            assertThat(anna.stat("a/x").length()).isEqualTo(BODY.length);
            refused(ErrorCode.PERMISSION_DENIED, () -> anna.put("a/anna", new ByteArrayInputStream(BODY)));
            refused(ErrorCode.PERMISSION_DENIED, () -> anna.stat("b/x"));
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void aUserOfTheIssuerOfWhomNothingIsKnownMayDoNothing() {
        String bearer = "Bearer " + tokenOf("stranger");
        Rest.Answer answer = get(n1, "a/x", bearer);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text()).contains("user oidc:stranger must not", "craq grant add oidc:stranger");
        assertThat(rest.get(URI.create(n1 + "/v1/files"), "Authorization", bearer)
                        .status())
                .isEqualTo(403);
        assertThat(rest.get(URI.create(manager + "/v1/auth/whoami"), "Authorization", bearer)
                        .json()
                        .get("grants")
                        .toString())
                .isEqualTo("[]");
        assertThat(rest.get(URI.create(manager + "/v1/admin/users"), "Authorization", bearer)
                        .status())
                .isEqualTo(403);
        String administrator = "Bearer " + tokenOf("admin", "admin", "admins");
        assertThat(get(n1, "a/x", administrator).text()).contains("user oidc:admin must not");
    }

    @Test
    void usersOfTheIssuerAreRevokedLikeOthers() {
        String users = manager + "/v1/admin/users/";
        grant("group:revoked", "reader:a/");
        String bearer = "Bearer " + tokenOf("bob", "revoked");
        assertThat(get(n2, "a/x", bearer).status()).isEqualTo(200);
        assertThat(rest.delete(URI.create(users + "group:revoked/grants?grant=reader:a/"), "Authorization", admin)
                        .status())
                .isEqualTo(200);
        assertThat(get(n2, "a/x", bearer).status()).isEqualTo(403);
        grant("group:revoked", "reader:a/");
        assertThat(get(n2, "a/x", bearer).status()).isEqualTo(200);
        assertThat(json("PUT", users + "oidc:bob", admin, "{\"enabled\": false}")
                        .status())
                .isEqualTo(201);
        assertThat(get(n2, "a/x", bearer).status()).isEqualTo(401);
        assertThat(json("PUT", users + "oidc:bob", admin, "{\"enabled\": true}").status())
                .isEqualTo(200);
        assertThat(get(n2, "a/x", bearer).status()).isEqualTo(200);
        assertThat(rest.delete(URI.create(users + "oidc:bob/tokens"), "Authorization", admin)
                        .status())
                .isEqualTo(204);
        assertThat(get(n2, "a/x", bearer).text()).contains("were revoked");

        assertThat(json("PUT", users + "oidc:bob", admin, "{\"password\": \"correct horse battery\"}")
                        .status())
                .isEqualTo(409);
        assertThat(json("POST", users + "group:revoked/keys", admin, "{}").status())
                .isEqualTo(409);
        assertThat(rest.delete(URI.create(users + "group:revoked/tokens"), "Authorization", admin)
                        .status())
                .isEqualTo(409);
        assertThat(json("POST", users + "oidc:no%20name/grants", admin, "{\"grant\": \"reader:a/\"}")
                        .status())
                .isEqualTo(400);
        assertThat(json("POST", users + "nobody/grants", admin, "{\"grant\": \"reader:a/\"}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aUrlEndsWithTheTokenThatSignedIt() {
        grant("oidc:presigner", "reader:a/");
        String bearer = "Bearer " + tokenOf("presigner");
        String request = "{\"path\": \"/v1/files/a/x\", \"seconds\": ";
        Rest.Answer longer = json("POST", manager + "/v1/auth/presign", bearer, request + "3600}");
        assertThat(longer.status()).isEqualTo(400);
        assertThat(longer.text()).contains("expires in");
        Rest.Answer signed = json("POST", manager + "/v1/auth/presign", bearer, request + "60}");
        assertThat(rest.get(URI.create(n2 + "/v1/files/a/x?"
                                + signed.json().get("query").getAsString()))
                        .body())
                .isEqualTo(BODY);
    }

    @Test
    void forgedAndForeignTokensAreRefusedAtEveryInterface() throws Exception {
        grant("oidc:anna", "writer:o/anna/");
        String good = tokenOf("anna");
        String[] parts = good.split("\\.", -1);
        try (OidcIssuer other = new OidcIssuer()) {
            List<String> wrong = List.of(
                    "eyJhbGciOiJub25lIn0." + parts[1] + ".",
                    parts[0] + "." + parts[1] + ".",
                    issuer.sign(issuer.claims("anna").audience("another").build()),
                    issuer.sign(
                            issuer.claims("anna").issuer("https://evil.example").build()),
                    issuer.sign(issuer.claims("anna")
                            .expirationTime(Date.from(Instant.EPOCH))
                            .build()),
                    issuer.sign(issuer.claims("anna").subject(null).build()),
                    issuer.token("node/n1"),
                    issuer.token("anna", "x".repeat(7000)));
            for (String token : wrong) {
                for (String server : List.of(n1, n2)) {
                    assertThat(get(server, "o/anna/x", "Bearer " + token).status())
                            .as(token)
                            .isEqualTo(401);
                }
                assertThat(rest.get(URI.create(manager + "/v1/auth/whoami"), "Authorization", "Bearer " + token)
                                .status())
                        .isEqualTo(401);
            }
            try (CraqClient forger = client(Credentials.token(wrong.get(0)))) {
                refused(ErrorCode.UNAUTHENTICATED, () -> forger.stat("o/anna/x"));
            }
            assertThat(get(n1, "o/anna/x", "Bearer " + other.token("anna")).status())
                    .as("at first the key may be a new one of the issuer")
                    .isIn(401, 503);
        }
        assertThat(get(n1, "nothing", "Bearer " + good).status()).isEqualTo(403);
    }

    @Test
    void aNewKeyOfTheIssuerIsFetched() throws Exception {
        grant("oidc:anna", "reader:a/");
        issuer.useNewKey();
        String bearer = "Bearer " + tokenOf("anna");
        long end = System.nanoTime() + LIMIT.toNanos();
        for (URI page : List.of(Rest.file(n1, "a/x"), Rest.file(n2, "a/x"), URI.create(manager + "/v1/auth/whoami"))) {
            Rest.Answer answer = rest.get(page, "Authorization", bearer);
            while (answer.status() != 200) {
                assertThat(answer.status()).as(answer.text()).isIn(401, 503);
                assertThat(System.nanoTime()).isLessThan(end);
                TimeUnit.MILLISECONDS.sleep(200);
                answer = rest.get(page, "Authorization", bearer);
            }
        }
    }

    // ---- changes ----

    @Test
    void whatIsRevokedEndsWithinALease() throws Exception {
        Key key = user("revoked", "writer:r/");
        assertThat(put(n1, "r/x", key.header()).status()).isEqualTo(201);
        String grants = manager + "/v1/admin/users/revoked/grants";
        for (int run = 0; run < 10; run++) {
            assertThat(get(n2, "r/x", key.header()).status()).isEqualTo(200);
            assertThat(rest.delete(URI.create(grants + "?grant=writer:r/"), "Authorization", admin)
                            .status())
                    .isEqualTo(200);
            long answered = System.nanoTime();
            while (get(n2, "r/x", key.header()).status() == 200
                    || put(n1, "r/x", key.header()).status() == 200) {
                assertThat(Duration.ofNanos(System.nanoTime() - answered)).isLessThan(PROMISED);
            }
            assertThat(json("POST", grants, admin, "{\"grant\": \"writer:r/\"}").status())
                    .isEqualTo(200);
        }
        String token = token(key);
        assertThat(get(n2, "r/x", "Bearer " + token).status()).isEqualTo(200);
        assertThat(rest.delete(URI.create(manager + "/v1/admin/users/revoked/tokens"), "Authorization", admin)
                        .status())
                .isEqualTo(204);
        assertThat(get(n2, "r/x", "Bearer " + token).status()).isEqualTo(401);
        assertThat(get(n2, "r/x", "Bearer " + token(key)).status()).isEqualTo(200);
        assertThat(rest.delete(URI.create(manager + "/v1/admin/users/revoked/keys/" + key.id()), "Authorization", admin)
                        .status())
                .isEqualTo(204);
        assertThat(get(n2, "r/x", key.header()).status()).isEqualTo(401);
    }

    @Test
    void usersAreManagedByAdministratorsWhoCannotLockThemselvesOut() {
        String users = manager + "/v1/admin/users";
        assertThat(json("PUT", users + "/anna", admin, "{\"password\": \"correct horse battery\"}")
                        .status())
                .isEqualTo(201);
        String basic = "Basic "
                + Base64.getEncoder().encodeToString("anna:correct horse battery".getBytes(StandardCharsets.UTF_8));
        secrets.add("correct horse battery");
        secrets.add(basic.substring("Basic ".length()));
        Rest.Answer login = json("POST", manager + "/v1/auth/token", basic, "");
        assertThat(login.status()).isEqualTo(200);
        String bearer = "Bearer " + login.json().get("token").getAsString();
        assertThat(rest.get(URI.create(manager + "/v1/auth/whoami"), "Authorization", bearer)
                        .json()
                        .get("user")
                        .getAsString())
                .isEqualTo("anna");
        assertThat(get(n1, "a/x", bearer).status()).isEqualTo(403);
        assertThat(get(n1, "a/x", basic).status()).as("a password at a node").isEqualTo(401);
        assertThat(json("PUT", users + "/anna", bearer, "{\"grants\": [\"admin:\"]}")
                        .status())
                .isEqualTo(403);

        assertThat(json("PUT", users + "/admin", admin, "{\"enabled\": false}").status())
                .isEqualTo(409);
        assertThat(rest.delete(URI.create(users + "/admin"), "Authorization", admin)
                        .status())
                .isEqualTo(409);
        assertThat(json("PUT", users + "/x", admin, "{\"grants\": [\"owner:\"]}")
                        .text())
                .contains("reader, writer, admin, monitor");
        assertThat(json("PUT", users + "/x", admin, "{\"grant\": []}").status()).isEqualTo(400);
        assertThat(json("PUT", users + "/no%20name", admin, "{}").status()).isEqualTo(400);
        assertThat(json("PUT", users + "/x", admin, "{\"password\": \"short\"}").status())
                .isEqualTo(400);
        assertThat(rest.get(URI.create(users), "Authorization", admin).text())
                .doesNotContain("pbkdf2")
                .doesNotContain("secretHash");
    }

    /**
     * Makes the application server of n2 ask for users of its own, as server-config/README.md says. Its next start
     * forgets that.
     */
    private void authenticateByApplicationServer(String user, String password) throws Exception {
        JsonObject ports = JsonParser.parseString(
                        Files.readString(own.cluster().data().resolve("cluster.json")))
                .getAsJsonObject()
                .getAsJsonObject("options")
                .getAsJsonObject("ports");
        String digest = HexFormat.of()
                .formatHex(MessageDigest.getInstance("MD5")
                        .digest((user + ":ApplicationRealm:" + password).getBytes(StandardCharsets.UTF_8)));
        Files.writeString(
                own.cluster().data().resolve("n2/server/configuration/application-users.properties"),
                user + "=" + digest + "\n",
                StandardOpenOption.APPEND);
        Path wildfly = Path.of("../server-config/target/wildfly/bin/jboss-cli.sh");
        Process commands = new ProcessBuilder(
                        wildfly.toString(),
                        "--connect",
                        "--controller=127.0.0.1:"
                                + ports.getAsJsonArray("nodeManagement").get(1).getAsInt(),
                        "--timeout=30000",
                        "--commands=/subsystem=undertow/application-security-domain=other:remove,"
                                + "/subsystem=undertow/application-security-domain=other:add("
                                + "http-authentication-factory=application-http-authentication,"
                                + "override-deployment-config=true),reload")
                .redirectErrorStream(true)
                .start();
        String output = new String(commands.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(commands.waitFor()).as(output).isZero();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (rest.get(URI.create(n2 + "/health/ready")).status() != 200) {
            assertThat(System.nanoTime()).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private void theApplicationServersUsersHaveTheirOwnGrants() throws Exception {
        String anna =
                "Basic " + Base64.getEncoder().encodeToString("anna:of-the-container".getBytes(StandardCharsets.UTF_8));
        secrets.add("of-the-container");
        secrets.add(anna.substring("Basic ".length()));
        grant("container:anna", "writer:a/");
        assertThat(get(n2, "a/x", anna).status())
                .as("without the application server's configuration")
                .isEqualTo(401);
        authenticateByApplicationServer("anna", "of-the-container");
        assertThat(get(n2, "a/x", anna).body()).isEqualTo(BODY);
        assertThat(get(n2, "b/x", anna).text()).contains("user container:anna must not");
        assertThat(get(n1, "a/x", anna).status()).as("not asked there").isEqualTo(401);
        assertThat(rest.get(Rest.file(n2, "a/x")).status()).isEqualTo(401);
        Rest.Answer toHead = rest.put(Rest.file(n2, "a/container"), BODY, "Authorization", anna);
        assertThat(toHead.status()).isEqualTo(307);
        assertThat(rest.put(URI.create(toHead.header("Location")), BODY).status())
                .isIn(200, 201);
        line("n1", "action", "write", "name", "a/container", "user", "container:anna", "outcome", "OK");
        assertThat(rest.put(Rest.file(n2, "a/container"), BODY, "Authorization", anna, "Origin", "https://evil.example")
                        .status())
                .as("what a browser sends by itself")
                .isEqualTo(403);
        assertThat(get(n2, "a/x", "Bearer " + token(writer)).body()).isEqualTo(BODY);
    }

    @Test
    void rightsOutliveRestartsAndQuotasTheDeathOfTheHead() throws Exception {
        // Here, as the restart of n2 forgets what this has configured there.
        theApplicationServersUsersHaveTheirOwnGrants();
        // Here, as n1, to which the other tests write, is the head again once n2 has been restarted.
        aQuotaHoldsAtEveryInterfaceAndAcrossTheDeathOfTheHead();
        own.cluster().stop("manager");
        own.cluster().start("manager");
        own.cluster().stop("n2");
        own.cluster().start("n2");
        assertThat(get(n2, "a/x", reader.header()).body()).isEqualTo(BODY);
        assertThat(get(n2, "b/x", reader.header()).status()).isEqualTo(403);
    }

    private void aQuotaHoldsAtEveryInterfaceAndAcrossTheDeathOfTheHead() throws Exception {
        Path file = Files.write(Files.createTempFile("quota", ""), new byte[64 << 10]);
        String quota = manager + "/v1/admin/quotas?prefix=a/q/";
        assertThat(json("PUT", quota, writer.header(), "{\"bytes\": 1}").status())
                .isEqualTo(403);
        assertThat(json("PUT", quota, admin, "{}").status()).isEqualTo(400);
        assertThat(json("PUT", quota, admin, "{\"bytes\": 1048576}").status()).isEqualTo(200);
        List<Thread> writers = new ArrayList<>();
        Set<String> stored = ConcurrentHashMap.newKeySet();
        Set<ErrorCode> codes = ConcurrentHashMap.newKeySet();
        try (CraqClient client = client(writer)) {
            for (int i = 0; i < 16; i++) {
                int number = i;
                Thread one = new Thread(() -> {
                    for (int each = 0; each < 4; each++) {
                        String name = "a/q/" + number + "-" + each;
                        try {
                            client.put(name, file);
                            stored.add(name);
                        } catch (CraqException e) {
                            codes.add(e.code());
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                });
                writers.add(one);
                one.start();
                if (i == 7) {
                    own.cluster().kill("n1");
                }
            }
            for (Thread one : writers) {
                one.join();
            }
            assertThat(codes).containsExactly(ErrorCode.QUOTA_EXCEEDED);
            assertThat(stored).as("what fits").hasSize(16);
            refused(ErrorCode.QUOTA_EXCEEDED, () -> client.put("a/q/more", new ByteArrayInputStream(BODY)));
            refused(ErrorCode.QUOTA_EXCEEDED, () -> client.copy("a/x", "a/q/copy"));
            String known = stored.iterator().next();
            client.copy(known, "a/q/same");
            client.delete(known);
            refused(ErrorCode.QUOTA_EXCEEDED, () -> client.append("a/q/same", file));
        } finally {
            Files.delete(file);
        }
        // The application server of n2 would not pass on keys, see docs/SECURITY.md.
        String bearer = "Bearer " + token(writer);
        String head = n2;
        Rest.Answer refused = put(head, "a/q/more", bearer);
        assertThat(refused.status()).isEqualTo(507);
        assertThat(refused.json().get("code").getAsString()).isEqualTo("QUOTA_EXCEEDED");
        assertThat(rest.send(
                                "POST",
                                URI.create(head + "/v1/uploads/a/q/more"),
                                new byte[0],
                                "Authorization",
                                bearer,
                                "Tus-Resumable",
                                "1.0.0",
                                "Upload-Length",
                                "9")
                        .status())
                .isEqualTo(507);
        JsonObject usage = json("GET", head + "/v1/admin/usage", "Bearer " + token(admin), "")
                .json()
                .getAsJsonArray("quotas")
                .get(0)
                .getAsJsonObject();
        assertThat(usage.get("usedBytes").getAsLong()).isEqualTo(1 << 20);
        own.cluster().start("n1");
        assertThat(json("DELETE", quota, admin, "").status()).isEqualTo(204);
        assertThat(put(head, "a/q/more", bearer).status()).isEqualTo(201);
    }

    @Test
    void noLogHasASecret() throws IOException {
        String token = token(writer);
        assertThat(get(n1, "a/x", "Bearer " + token).status()).isEqualTo(200);
        refuseSecretsInLogs();
    }

    private void refuseSecretsInLogs() throws IOException {
        List<Path> logs = files(path -> path.toString().contains("log") || isAudit(path));
        assertThat(logs).hasSizeGreaterThan(5);
        for (Path log : logs) {
            String text = Files.readString(log, StandardCharsets.ISO_8859_1);
            assertThat(secrets.stream().filter(text::contains).map(secret -> secret.substring(0, 4)))
                    .as(log.toString())
                    .isEmpty();
        }
    }

    private List<Path> files(Predicate<Path> wanted) throws IOException {
        Path data = own.cluster().data();
        try (Stream<Path> all = Stream.of("manager", "n1", "n2").flatMap(server -> walk(data.resolve(server)))) {
            return all.filter(wanted).sorted().toList();
        }
    }

    private static Stream<Path> walk(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all
                    .filter(path ->
                            Files.isRegularFile(path) && !path.toString().contains("/deployments/"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- limits ----

    @Test
    void aUserThatCallsTooOftenIsToldToWait() throws IOException {
        Key busy = user("busy", "reader:a/");
        int calls = 0;
        Rest.Answer answer = get(n2, "a/x", busy.header());
        for (; answer.status() == 200 && calls < 100_000; calls++) {
            answer = get(n2, "a/x", busy.header());
        }
        assertThat(answer.status()).as("after " + calls + " requests").isEqualTo(429);
        assertThat(calls).isGreaterThanOrEqualTo(999);
        assertThat(answer.json().get("code").getAsString()).isEqualTo("RATE_LIMITED");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        line("n2", "request", instance(answer), "user", "busy", "outcome", "RATE_LIMITED");
        assertThat(get(n2, "a/x", reader.header()).status()).as("another user").isEqualTo(200);
        assertThat(get(n1, "a/x", busy.header()).status()).as("another server").isEqualTo(200);
        try (CraqClient client = client(busy)) {
            refused(ErrorCode.RATE_LIMITED, () -> {
                for (int i = 0; i < 10_000; i++) {
                    client.get(
                            "a/x",
                            OutputStream.nullOutputStream(),
                            GetOptions.defaults().withNode("n2"));
                }
            });
            for (int i = 0; i < 300; i++) {
                assertThat(client.stat("a/x").length()).isEqualTo(BODY.length);
            }
        }
        assertThat(rest.get(URI.create(n2 + "/metrics"), "Authorization", admin).text())
                .containsPattern("craq_limited_total\\{limit=\"user\"} [1-9]");
    }

    /** Requests over one connection that comes from another address of this machine. */
    private final class FromElsewhere implements AutoCloseable {
        private final Socket socket;

        FromElsewhere(String node, String address) throws IOException {
            URI uri = URI.create(node);
            socket = UserTls.httpContext(own.cluster().authorities().orElseThrow(), Optional.empty())
                    .getSocketFactory()
                    .createSocket(
                            InetAddress.getByName(uri.getHost()), uri.getPort(), InetAddress.getByName(address), 0);
            socket.setSoTimeout((int) LIMIT.toMillis());
        }

        /** Returns the head of the answer. */
        String get(String name, String authorization) throws IOException {
            socket.getOutputStream()
                    .write(("GET /v1/files/" + name + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + authorization
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = socket.getInputStream().read();
                assertThat(next).as(head.toString()).isNotNegative();
                head.append((char) next);
            }
            int length =
                    Integer.parseInt(head.toString().replaceFirst("(?is).*\r\nContent-Length: ([0-9]+)\r\n.*", "$1"));
            socket.getInputStream().readNBytes(length);
            return head.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aFloodOfWrongCredentialsIsRefusedWithoutWorkAndSummedUp() throws IOException {
        String known = "Bearer " + token(reader);
        String late = "Bearer " + token(second);
        List<String> news =
                Stream.generate(() -> "Bearer " + token(second)).limit(5).toList();
        try (FromElsewhere flood = new FromElsewhere(n2, "127.0.0.2")) {
            assertThat(flood.get("a/x", known)).startsWith("HTTP/1.1 200");
            int unauthenticated = 0;
            int limited = 0;
            for (int i = 0; i < 1000; i++) {
                String answer = flood.get("a/x", late + "x");
                if (answer.startsWith("HTTP/1.1 429")) {
                    assertThat(answer).contains("Retry-After: 1\r\n");
                    limited++;
                } else {
                    assertThat(answer).startsWith("HTTP/1.1 401");
                    unauthenticated++;
                }
            }
            assertThat(unauthenticated).isGreaterThanOrEqualTo(100);
            assertThat(limited).isGreaterThan(100);
            assertThat(flood.get("a/x", known)).as("works already").startsWith("HTTP/1.1 200");
            assertThat(flood.get("a/x", second.header())).as("costs nothing").startsWith("HTTP/1.1 200");
            // Ten a second are verified, so one that comes at such a moment is not refused.
            List<String> answers = new ArrayList<>();
            for (String each : news) {
                String wrong = flood.get("a/x", late + "x");
                while (!wrong.startsWith("HTTP/1.1 429")) {
                    wrong = flood.get("a/x", late + "x");
                }
                answers.add(flood.get("a/x", each).substring(0, "HTTP/1.1 429".length()));
            }
            assertThat(answers).as("tokens that are new").contains("HTTP/1.1 429");
        }
        assertThat(get(n2, "a/x", late).status()).as("from another address").isEqualTo(200);
        assertThat(rest.get(URI.create(n2 + "/metrics"), "Authorization", admin).text())
                .containsPattern("craq_limited_total\\{limit=\"address\"} [1-9]")
                .containsPattern("craq_audit_summed_total [1-9]");
        own.cluster().stop("n2");
        JsonObject sum = line("n2", "action", "refused", "peer", "127.0.0.2", "outcome", "REFUSED");
        assertThat(sum.get("detail").getAsString()).containsPattern("left out since .*: [0-9]+ RATE_LIMITED");
        assertThat(audited("n2").stream()
                        .filter(line -> line.has("peer")
                                && line.get("peer").getAsString().equals("127.0.0.2")))
                .hasSizeBetween(200, 400);
        own.cluster().start("n2");
    }

    @Test
    void aFloodOfWrongCredentialsByGrpcIsRefusedToo() throws IOException {
        Metadata header = new Metadata();
        header.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer wrong");
        ManagedChannel channel = NettyChannelBuilder.forTarget(grpcAddress("n1"))
                .sslContext(UserTls.context(own.cluster().authorities().orElseThrow(), Optional.empty()))
                .localSocketPicker(new NettyChannelBuilder.LocalSocketPicker() {
                    @Override
                    public SocketAddress createSocketAddress(SocketAddress remote, Attributes attributes) {
                        return new InetSocketAddress("127.0.0.3", 0);
                    }
                })
                .build();
        try {
            NodeGrpc.NodeBlockingStub node = NodeGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header));
            CraqException last = null;
            for (int i = 0; i < 1000 && (last == null || last.code() != ErrorCode.RATE_LIMITED); i++) {
                last = Errors.fromGrpc(catchThrowableOfType(
                        StatusRuntimeException.class, () -> node.withDeadlineAfter(20, TimeUnit.SECONDS)
                                .stat(StatRequest.newBuilder().setName("a/x").build())));
                assertThat(last.code()).isIn(ErrorCode.UNAUTHENTICATED, ErrorCode.RATE_LIMITED);
            }
            assertThat(last.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(last.retryAfter()).isPresent();
        } finally {
            channel.shutdownNow();
        }
        try (CraqClient client = client(reader)) {
            assertThat(client.stat("a/x").length()).isEqualTo(BODY.length);
        }
    }

    // ---- audit trail ----

    private static boolean isAudit(Path path) {
        return path.getFileName().toString().matches("audit-[0-9-]{10}\\.log");
    }

    private List<JsonObject> audited(String server) {
        try {
            List<JsonObject> lines = new ArrayList<>();
            for (Path file : files(SecurityIT::isAudit)) {
                for (String line : Files.readAllLines(file)) {
                    JsonObject fields = JsonParser.parseString(line).getAsJsonObject();
                    if (fields.get("server").getAsString().equals(server)) {
                        lines.add(fields);
                    }
                }
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for a line.
     *
     * @param expected alternating names and values of fields; a value of null: the field is not there
     */
    private JsonObject line(String server, String... expected) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            List<JsonObject> found = audited(server).stream()
                    .filter(line -> {
                        for (int i = 0; i < expected.length; i += 2) {
                            JsonElement value = line.get(expected[i]);
                            if (!Objects.equals(expected[i + 1], value == null ? null : value.getAsString())) {
                                return false;
                            }
                        }
                        return true;
                    })
                    .toList();
            if (!found.isEmpty()) {
                return found.get(found.size() - 1);
            }
            assertThat(System.nanoTime())
                    .as(() -> server + " has no line with " + List.of(Arrays.toString(expected)) + " in\n"
                            + String.join(
                                    "\n",
                                    audited(server).stream()
                                            .map(JsonObject::toString)
                                            .toList()))
                    .isLessThan(end);
        }
    }

    private static String instance(Rest.Answer problem) {
        return problem.json().get("instance").getAsString().replace("urn:uuid:", "");
    }

    private String managerId() {
        return "manager";
    }

    @Test
    void eachRequestHasItsLine() throws IOException {
        String mine = writer.header();
        JsonObject start = line("n1", "action", "start", "outcome", "OK");
        assertThat(start.get("detail").getAsString()).isEqualTo("security is on");
        assertThat(start.get("cluster").getAsString()).isNotEmpty();

        Rest.Answer nobody = rest.get(Rest.file(n1, "a/x"));
        line(
                "n1",
                "request",
                instance(nobody),
                "action",
                "read",
                "name",
                "a/x",
                "user",
                null,
                "outcome",
                "UNAUTHENTICATED",
                "door",
                "rest");
        Rest.Answer wrongSecret = get(n1, "a/x", new Key(reader.id(), "wrong").header());
        line("n1", "request", instance(wrongSecret), "key", reader.id(), "user", null, "outcome", "UNAUTHENTICATED");
        Rest.Answer outside = get(n2, "b/x", reader.header());
        line(
                "n2",
                "request",
                instance(outside),
                "action",
                "read",
                "name",
                "b/x",
                "user",
                "reader",
                "key",
                reader.id(),
                "method",
                "ACCESS_KEY",
                "outcome",
                "PERMISSION_DENIED");
        Rest.Answer notAdmin = rest.get(URI.create(n1 + "/v1/admin/status"), "Authorization", mine);
        line("n1", "request", instance(notAdmin), "action", "look", "user", "writer", "outcome", "PERMISSION_DENIED");
        Rest.Answer noMetrics = rest.get(URI.create(n1 + "/metrics"), "Authorization", mine);
        line(
                "n1",
                "request",
                instance(noMetrics),
                "name",
                "/metrics",
                "user",
                "writer",
                "outcome",
                "PERMISSION_DENIED");

        Rest.Answer made = put(n1, "a/audit", mine);
        line(
                "n1",
                "action",
                "write",
                "name",
                "a/audit",
                "user",
                "writer",
                "outcome",
                "OK",
                "bytes",
                Integer.toString(BODY.length),
                "version",
                made.json().get("version").getAsString());
        Rest.Answer refusedWrite = put(n1, "b/audit", mine);
        line(
                "n1",
                "request",
                instance(refusedWrite),
                "action",
                "write",
                "name",
                "b/audit",
                "user",
                "writer",
                "outcome",
                "PERMISSION_DENIED");
        rest.send("POST", Rest.file(n1, "a/audit"), BODY, "Authorization", mine);
        line("n1", "action", "append", "name", "a/audit", "user", "writer", "outcome", "OK");
        copied("X-Craq-Copy-Source", "a/audit", "a/audit-copy");
        line("n1", "action", "copy", "name", "a/audit-copy", "user", "writer", "outcome", "OK");
        copied("X-Craq-Move-Source", "a/audit-copy", "a/audit-moved");
        line("n1", "action", "move", "name", "a/audit-moved", "user", "writer", "outcome", "OK");
        String steps = "{\"steps\": [{\"delete\": \"a/audit-moved\"}]}";
        assertThat(json("POST", n1 + "/v1/transactions", mine, steps).status()).isEqualTo(200);
        line("n1", "action", "transaction", "name", "a/audit-moved", "user", "writer", "outcome", "OK");
        rest.delete(Rest.file(n1, "a/audit"), "Authorization", mine);
        line("n1", "action", "delete", "name", "a/audit", "user", "writer", "outcome", "OK");

        try (CraqClient client = client(writer)) {
            client.put("a/audit-grpc", new ByteArrayInputStream(BODY));
            client.delete("a/audit-grpc");
            refused(ErrorCode.PERMISSION_DENIED, () -> client.stat("b/x"));
        }
        assertThat(line(
                                "n1",
                                "door",
                                "grpc",
                                "action",
                                "write",
                                "name",
                                "a/audit-grpc",
                                "user",
                                "writer",
                                "outcome",
                                "OK")
                        .get("version")
                        .getAsString())
                .matches("[0-9]+-[0-9]+");
        line("n1", "door", "grpc", "action", "delete", "name", "a/audit-grpc", "user", "writer", "outcome", "OK");
    }

    private void copied(String header, String source, String target) {
        Rest.Answer answer =
                rest.put(Rest.file(n1, target), new byte[0], header, source, "Authorization", writer.header());
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    }

    @Test
    void theManagerHasTheLinesOfUsersAndNodes() {
        token(second);
        line(managerId(), "action", "login", "user", "second", "key", second.id(), "outcome", "OK");
        Rest.Answer wrong = json("POST", manager + "/v1/auth/token", new Key(second.id(), "wrong").header(), "");
        line(
                managerId(),
                "request",
                instance(wrong),
                "action",
                "login",
                "user",
                null,
                "key",
                second.id(),
                "outcome",
                "UNAUTHENTICATED");
        String users = manager + "/v1/admin/users/";
        json("PUT", users + "audited", admin, "{\"grants\": [\"reader:c/\"]}");
        assertThat(line(managerId(), "action", "users", "name", "users/audited", "user", "admin", "outcome", "OK")
                        .get("detail")
                        .getAsString())
                .contains("grants none -> [reader:c/]");
        rest.delete(URI.create(users + "audited/grants?grant=reader:c/"), "Authorization", admin);
        assertThat(line(managerId(), "name", "users/audited/grants", "user", "admin", "outcome", "OK")
                        .get("detail")
                        .getAsString())
                .contains("grants [reader:c/] -> []");
        Rest.Answer refused = json("PUT", users + "audited", writer.header(), "{}");
        line(
                managerId(),
                "request",
                instance(refused),
                "action",
                "users",
                "user",
                "writer",
                "outcome",
                "PERMISSION_DENIED");
        rest.send(
                "PUT",
                URI.create(manager + "/v1/admin/log-levels/org.craq.x?level=DEBUG"),
                BODY,
                "Authorization",
                admin);
        line(
                managerId(),
                "action",
                "log_level",
                "name",
                "log-levels/org.craq.x",
                "detail",
                "level=DEBUG",
                "user",
                "admin");
        for (String node : List.of("n1", "n2")) {
            line(
                    managerId(),
                    "door",
                    "grpc",
                    "action",
                    "register",
                    "name",
                    node,
                    "user",
                    "node/" + node,
                    "outcome",
                    "OK");
        }
        line(
                managerId(),
                "action",
                "users",
                "detail",
                "user admin has all rights and access key "
                        + line(managerId(), "action", "users", "user", "admin", "outcome", "OK")
                                .get("key")
                                .getAsString());
    }

    @Test
    void theChainOfLinesHolds() throws IOException {
        assertThat(put(n1, "a/chained", writer.header()).status()).isIn(200, 201);
        line("n1", "name", "a/chained", "outcome", "OK");
        for (Path file : files(SecurityIT::isAudit)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                    .isEqualTo("rwx------");
            Path copy = Files.copy(file, own.cluster().data().resolve("copy"), StandardCopyOption.REPLACE_EXISTING);
            assertThat(Main.run(CraqCommand.commandLine(), new String[] {"audit", "verify", copy.toString()}))
                    .isZero();
            Files.writeString(copy, Files.readString(copy).replaceFirst("\"OK\"", "\"ok\""));
            assertThat(Main.run(CraqCommand.commandLine(), new String[] {"audit", "verify", copy.toString()}))
                    .isOne();
        }
    }
}
