package org.craq.server.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When keys are fetched, and for how long they serve. */
class IssuerKeysTest {
    private static final Issuer FIRST = new Issuer("k1");
    private static final Issuer SECOND = new Issuer("k2");

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer = FIRST.jwks();
    private volatile boolean endless;
    private final AtomicInteger asked = new AtomicInteger();
    private long nanos;
    private IssuerKeys keys;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/jwks", exchange -> {
            asked.incrementAndGet();
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, endless ? 0 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
                while (endless) {
                    out.write(body);
                }
            }
        });
        server.createContext("/elsewhere", exchange -> {
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        keys = new IssuerKeys(new JwksUrl(url(), Optional.empty()), () -> nanos);
    }

    @AfterEach
    void stop() {
        endless = false;
        server.stop(0);
        threads.shutdownNow();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks");
    }

    private void later(Duration time) {
        nanos += time.toNanos();
    }

    private static JWKSelector selector(JWK key) {
        return new JWKSelector(new JWKMatcher.Builder().keyID(key.getKeyID()).build());
    }

    private List<JWK> get(JWK key) {
        return keys.get(selector(key), null);
    }

    private void repeat(JWK key) {
        assertThatThrownBy(() -> get(key)).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.NOT_SERVING));
    }

    @Test
    void requestsNeverFetchKeysThemselves() throws IOException {
        repeat(FIRST.rsa);
        assertThat(asked.get()).isZero();
        keys.refresh();
        assertThat(get(FIRST.rsa)).hasSize(1);
        keys.refresh();
        assertThat(asked.get()).isOne();
    }

    @Test
    void anUnknownKeyIsAskedForButNotTooOften() throws IOException {
        keys.refresh();
        assertThat(get(SECOND.rsa)).as("just asked").isEmpty();
        keys.refresh();
        assertThat(asked.get()).isOne();
        later(IssuerKeys.PAUSE);
        repeat(SECOND.rsa);
        assertThat(get(FIRST.rsa)).hasSize(1);
        answer = SECOND.jwks();
        keys.refresh();
        assertThat(asked.get()).isEqualTo(2);
        assertThat(get(SECOND.rsa)).hasSize(1);
        assertThat(get(FIRST.rsa)).as("no longer published").isEmpty();
        later(IssuerKeys.PAUSE);
        keys.refresh();
        assertThat(asked.get()).as("nobody has asked for more").isEqualTo(2);
        later(Duration.ofMinutes(5));
        keys.refresh();
        assertThat(asked.get()).isEqualTo(3);
    }

    @Test
    void theFirstKeysAreAskedForUntilThereAreSome() throws IOException {
        status = 500;
        assertThatThrownBy(keys::refresh).hasMessageContaining("status 500");
        keys.refresh();
        assertThat(asked.get()).isOne();
        later(IssuerKeys.PAUSE);
        status = 200;
        keys.refresh();
        assertThat(get(FIRST.rsa)).hasSize(1);
    }

    @Test
    void theLastKeysServeForADayWhileTheIssuerIsAway() throws IOException {
        keys.refresh();
        status = 500;
        later(Duration.ofMinutes(5));
        assertThatThrownBy(keys::refresh).isInstanceOf(IOException.class).hasMessageContaining("status 500");
        assertThat(get(FIRST.rsa)).hasSize(1);
        later(IssuerKeys.KEPT);
        repeat(FIRST.rsa);
        status = 200;
        keys.refresh();
        assertThat(get(FIRST.rsa)).hasSize(1);
    }

    @Test
    void answersThatAreNoKeySetAreRefused() throws Exception {
        keys.refresh();
        for (String wrong : List.of("", "{}", "[]", "{\"keys\":[]}", "<html>", "{\"keys\":[{\"kty\":\"?\"}]}")) {
            answer = wrong;
            later(Duration.ofMinutes(5));
            assertThatThrownBy(keys::refresh).as(wrong).isInstanceOf(IOException.class);
            assertThat(get(FIRST.rsa)).as(wrong).hasSize(1);
        }
        answer = FIRST.jwks() + " ".repeat(JwksSource.MOST_BYTES);
        later(Duration.ofMinutes(5));
        assertThatThrownBy(keys::refresh).hasMessageContaining("larger than");
        answer = FIRST.jwks();
        endless = true;
        later(Duration.ofMinutes(5));
        assertThatThrownBy(keys::refresh).hasMessageContaining("larger than");
    }

    @Test
    void redirectsAreNotFollowed() {
        status = 302;
        assertThatThrownBy(keys::refresh).hasMessageContaining("status 302");
    }

    @Test
    void weakAndSymmetricKeysAreLeftOut() throws Exception {
        JWK weak = new RSAKeyGenerator(1024, true).keyID("weak").generate();
        OctetSequenceKey secret =
                new OctetSequenceKeyGenerator(256).keyID("secret").generate();
        answer = new JWKSet(List.of(weak, secret, FIRST.ec)).toString(false);
        keys.refresh();
        assertThat(get(weak)).isEmpty();
        assertThat(get(secret)).isEmpty();
        assertThat(get(FIRST.ec)).singleElement().satisfies(key -> assertThat(key.isPrivate())
                .isFalse());
    }

    @Test
    void aFileIsReadAgainWhenItChanges() throws IOException {
        Path file = folder.resolve("jwks.json");
        Files.writeString(file, FIRST.jwks());
        keys = new IssuerKeys(new JwksFile(file), () -> nanos);
        keys.refresh();
        assertThat(get(FIRST.rsa)).hasSize(1);
        Files.writeString(file, SECOND.jwks());
        later(Duration.ofSeconds(10));
        keys.refresh();
        assertThat(get(SECOND.rsa)).hasSize(1);
        Files.delete(file);
        later(Duration.ofSeconds(10));
        assertThatThrownBy(keys::refresh).hasMessageContaining("there is no file");
        assertThat(get(SECOND.rsa)).hasSize(1);
    }
}
