package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    private static final String SECRET = "Correct-Horse-Battery";

    @TempDir
    private Path folder;

    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        try (CraqClient client = cluster.client().build()) {
            put(client, "f");
        }
        cluster.gate().know("anna", SECRET);
        cluster.gate().know("CK1", SECRET);
        cluster.gate().calls().clear();
        cluster.gate().close();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static void put(CraqClient client, String name) throws IOException {
        client.put(name, new ByteArrayInputStream(new byte[] {1}));
    }

    private CraqClient client(Credentials credentials) {
        return cluster.client().credentials(credentials).build();
    }

    private Path secretFile(String content) throws IOException {
        Path file = Files.createTempFile(
                folder,
                "secret",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    private static CraqException failure(CraqClient client) {
        return catchThrowableOfType(CraqException.class, () -> client.stat("f"));
    }

    private static void hasNoSecret(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        assertThat(text.toString()).doesNotContain(SECRET).doesNotContain("token-");
    }

    @Test
    void oneTokenServesManyCallsAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try (CraqClient client = client(Credentials.password("anna", SECRET))) {
            List<Future<FileInfo>> answers = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                answers.add(threads.submit(() -> client.stat("f")));
            }
            for (Future<FileInfo> answer : answers) {
                assertThat(answer.get().length()).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(cluster.gate().given()).isEqualTo(1);
        assertThat(cluster.gate().refused()).isZero();
        assertThat(cluster.gate().calls()).contains("GetToken ", "GetReadNode token-1", "Stat token-1");
    }

    @Test
    void everyOperationCarriesTheToken() throws IOException {
        try (CraqClient client = client(Credentials.accessKey("CK1", SECRET))) {
            put(client, "g");
            client.get("g", folder.resolve("g"));
            client.copy("g", "h");
            client.list(ListOptions.all());
            client.versions("g", VersionOptions.all());
            client.delete("g");
            client.chain();
            AccessToken token = client.token().orElseThrow();
            assertThat(token.text()).isEqualTo("token-1");
            assertThat(token.user()).contains("CK1");
            assertThat(token.expires().orElseThrow()).isAfter(Instant.now());
            assertThat(token.toString()).doesNotContain("token-1");
        }
        assertThat(cluster.gate().refused()).isZero();
    }

    @Test
    void aRefusedTokenIsReplacedOnceAndTheCallRepeated() throws IOException {
        try (CraqClient client = client(Credentials.accessKey("CK1", SECRET))) {
            client.stat("f");
            cluster.gate().revokeAll();
            put(client, "g");
            assertThat(cluster.gate().given()).isEqualTo(2);
            assertThat(cluster.store.headers.stream()
                            .filter(header -> header.getName().equals("g"))
                            .map(header -> header.getWriteId())
                            .distinct())
                    .hasSize(1);
            cluster.gate().refuse("Stat", ErrorCode.UNAUTHENTICATED);
            int before = cluster.gate().refused();
            CraqException failure = failure(client);
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(failure).hasMessageContaining("check access key CK1 and its secret");
            assertThat(cluster.gate().refused() - before).isEqualTo(2);
            assertThat(cluster.gate().given()).isEqualTo(3);
            hasNoSecret(failure);
        }
    }

    @Test
    void aWriteWhoseOutcomeIsUnknownStaysUnknownWhenTheTokenIsRefused() throws IOException {
        try (CraqClient client = client(Credentials.token("given"))) {
            cluster.gate().accept("given");
            cluster.node(1).receiptsToLose.set(1);
            cluster.node(1).beforeLoss = cluster.gate()::revokeAll;
            CraqException failure = catchThrowableOfType(CraqException.class, () -> client.delete("f"));
            assertThat(failure.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
            assertThat(failure).hasMessageContaining("same write id");
        }
    }

    @Test
    void aWrongSecretIsToldAtOnce() {
        for (Credentials wrong :
                List.of(Credentials.password("anna", SECRET + "x"), Credentials.accessKey("nobody", SECRET + "x"))) {
            try (CraqClient client = client(wrong)) {
                CraqException failure = failure(client);
                assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
                assertThat(failure).hasMessageContaining("the name or the secret is wrong");
                hasNoSecret(failure);
            }
        }
        assertThat(cluster.gate().calls()).hasSize(2).allMatch("GetToken "::equals);
    }

    @Test
    void aManagerThatIsBusyIsAskedAgain() {
        cluster.gate().refusals.add(ErrorCode.OVERLOADED);
        try (CraqClient client = client(Credentials.password("anna", SECRET))) {
            assertThat(client.stat("f").length()).isEqualTo(1);
        }
    }

    @Test
    void aServerThatLimitsItsCallersIsAskedAgainWhenItSays() {
        cluster.gate().refusals.add(ErrorCode.RATE_LIMITED);
        try (CraqClient client = client(Credentials.password("anna", SECRET))) {
            long before = System.nanoTime();
            assertThat(client.stat("f").length()).isEqualTo(1);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(FakeGate.PAUSE);
            assertThat(cluster.gate().given()).isEqualTo(1);
        }
    }

    @Test
    void aGivenTokenThatIsRefusedIsNotRepeated() {
        try (CraqClient client = client(Credentials.token("old"))) {
            CraqException failure = failure(client);
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(failure).hasMessageContaining("give the client a new token");
            assertThat(cluster.gate().refused()).isEqualTo(1);
        }
    }

    @Test
    void whatTheCallerMayNotDoIsNotRepeated() {
        cluster.gate().accept("given");
        cluster.gate().refuse("Stat", ErrorCode.PERMISSION_DENIED);
        cluster.gate().refuse("StreamWrite", ErrorCode.PERMISSION_DENIED);
        try (CraqClient client = client(Credentials.token("given"))) {
            assertThat(failure(client).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
            assertThat(catchThrowableOfType(CraqException.class, () -> put(client, "g"))
                            .code())
                    .isEqualTo(ErrorCode.PERMISSION_DENIED);
            assertThat(cluster.gate().refused()).isEqualTo(2);
        }
    }

    @Test
    void anUploadThatIsRefusedCanBeResumedAfterALogin() throws IOException {
        Path file = Files.writeString(folder.resolve("source"), "content");
        Path state = folder.resolve("state");
        List<String> notes = new ArrayList<>();
        PutOptions resumable = PutOptions.defaults().withResume(state, notes::add);
        for (Credentials each : List.of(Credentials.token("old"), Credentials.accessKey("CK1", SECRET))) {
            try (CraqClient client = client(each)) {
                client.put("g", file, resumable);
            } catch (CraqException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
                assertThat(notes).singleElement().asString().contains("repeat the same put to resume");
                assertThat(state).isNotEmptyDirectory();
            }
        }
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void nobodyGetsInWithoutCredentials() {
        try (CraqClient client = cluster.client().build()) {
            CraqException failure = failure(client);
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(failure).hasMessageContaining("this client has no credentials");
            assertThat(cluster.gate().refused()).isEqualTo(1);
            assertThat(FailureReason.remedy(failure.code()).orElseThrow()).contains("craq login");
        }
    }

    @Test
    void aClusterWithoutUsersAsksForNoToken() throws IOException {
        try (FakeCluster open = new FakeCluster();
                CraqClient client = open.client()
                        .credentials(Credentials.password("anna", SECRET))
                        .build()) {
            put(client, "f");
            client.stat("f");
            assertThat(client.token()).isEmpty();
            assertThat(open.gate().calls().stream().filter("GetToken "::equals)).hasSize(1);
        }
    }

    @Test
    void filesAreReadAgainWhenTheyChange() throws IOException {
        Path token = secretFile("first\n");
        Path key = secretFile("CK1:" + SECRET + "\n");
        cluster.gate().accept("first");
        try (CraqClient byToken = client(Credentials.tokenFile(token));
                CraqClient byKey = client(Credentials.accessKeyFile(key))) {
            byToken.stat("f");
            byKey.stat("f");
            cluster.gate().know("CK2", "other");
            change(key, "CK2:other");
            byKey.stat("f");
            assertThat(byKey.token().orElseThrow().user()).contains("CK2");
            cluster.gate().revokeAll();
            cluster.gate().accept("second");
            change(token, "second");
            byToken.stat("f");
            cluster.gate().revokeAll();
            assertThat(failure(byToken)).hasMessageContaining("put a new token into " + token);
            change(token, "two\nlines");
            cluster.gate().accept("second");
            byToken.stat("f");
        }
    }

    private static void change(Path file, String content) throws IOException {
        FileTime before = Files.getLastModifiedTime(file);
        Files.writeString(file, content);
        Files.setLastModifiedTime(file, FileTime.fromMillis(before.toMillis() + 2000));
    }

    @Test
    void filesThatOthersCanReadOrThatHoldNoSecretAreRefused() throws IOException {
        Path open = secretFile("first");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));
        refused(Credentials.tokenFile(open), "a token that others can read or replace; run: chmod 600 " + open);
        refused(Credentials.accessKeyFile(open), "chmod 600 " + open);
        refused(Credentials.tokenFile(folder.resolve("none")), "none: no such file");
        refused(Credentials.tokenFile(secretFile("")), "must have one line with a token");
        refused(Credentials.accessKeyFile(secretFile(SECRET)), "an access key is one line, ID:SECRET");
        refused(Credentials.tokenFile(secretFile(SECRET + " x")), "a token consists of");
    }

    private void refused(Credentials credentials, String reason) {
        CraqException failure = catchThrowableOfType(CraqException.class, () -> client(credentials));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(failure).hasMessageContaining(reason);
        hasNoSecret(failure);
    }

    @Test
    void credentialsDoNotLeaveTheMachineUnencrypted() {
        CraqClient.Builder remote =
                CraqClient.builder().manager("127.0.0.1:9005", "10.0.0.5:9005").credentials(Credentials.token("t"));
        assertThatThrownBy(remote::build)
                .isInstanceOf(CraqException.class)
                .hasMessage("credentials must not go to manager 10.0.0.5:9005 unencrypted: name the authorities of its"
                        + " certificate, too (--ca FILE, or ClientTls in Java)");
        for (String local : List.of("localhost:1", "[::1]:1", "127.1.2.3:1")) {
            CraqClient.builder()
                    .manager(local)
                    .credentials(Credentials.token("t"))
                    .build()
                    .close();
        }
    }

    @Test
    void noTextShowsASecret() throws ExecutionException {
        assertThat(List.of(
                                Credentials.accessKey("CK1", SECRET),
                                Credentials.password("anna", SECRET),
                                Credentials.token(SECRET),
                                Credentials.accessKeyFile(Path.of("f")),
                                Credentials.tokenFile(Path.of("f")))
                        .toString())
                .isEqualTo("[access key CK1, password of user anna, a token, access key in f, token in f]");
        assertThatThrownBy(() -> Credentials.token("a\nb")).hasMessageNotContaining("a\nb");
        assertThatThrownBy(() -> Credentials.password("", "x")).hasMessage("the name of a user must not be empty");
    }
}
