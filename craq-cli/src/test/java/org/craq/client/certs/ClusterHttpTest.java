package org.craq.client.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.craq.client.ClientTls;
import org.craq.client.ClusterHttp;
import org.craq.client.FailureReason;
import org.craq.wire.CraqException;
import org.craq.wire.tls.TlsFiles;
import org.craq.wire.tls.UserTls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS with the files of a folder, by both kinds of clients. */
class ClusterHttpTest {
    @TempDir
    private Path temporary;

    private CertificateFolder folder;
    private HttpsServer server;

    /** One way to read a page. */
    private interface Get {
        String of(ClusterHttp http, URI uri) throws IOException, InterruptedException;
    }

    private static final List<Get> WAYS = List.of(
            (http, uri) -> http.client()
                    .build()
                    .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body(),
            (http, uri) -> new String(http.open(uri).getInputStream().readAllBytes(), StandardCharsets.US_ASCII));

    @BeforeEach
    void start() throws IOException {
        Scene scene = new Scene(temporary.resolve("certs"));
        folder = scene.certificates(Clock.systemUTC());
        folder.create(Optional.of(Scene.BLUE), false);
        folder.issue(List.of(Holder.server(Role.NODE, "n1", "127.0.0.1")), false);
        Path own = scene.folder().resolve("n1");
        TlsFiles files = new TlsFiles(own.resolve("node.crt"), own.resolve("node.key"), folder.trusted());
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(UserTls.httpContext(folder.trusted(), Optional.of(files))));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI at(String host) {
        return URI.create("https://" + host + ":" + server.getAddress().getPort() + "/");
    }

    private ClusterHttp trusting() {
        return ClusterHttp.of(Optional.of(ClientTls.trusting(folder.trusted())));
    }

    @Test
    void aServerOfTheAuthorityIsTrustedUnderItsAddress() throws Exception {
        for (Get way : WAYS) {
            assertThat(way.of(trusting(), at("127.0.0.1"))).isEqualTo("ok");
        }
    }

    @Test
    void anotherAddressIsRefused() {
        for (Get way : WAYS) {
            assertThatThrownBy(() -> way.of(trusting(), at("localhost")))
                    .isInstanceOfSatisfying(IOException.class, e -> assertThat(FailureReason.ofConnection(e))
                            .contains("localhost"));
        }
    }

    @Test
    void whoTrustsNobodyOrOthersIsToldSo() throws IOException {
        Scene other = new Scene(temporary.resolve("other"));
        ClientTls stranger = ClientTls.trusting(other.full(Clock.systemUTC()).trusted());
        for (Get way : WAYS) {
            for (ClusterHttp http : List.of(ClusterHttp.of(Optional.of(stranger)), ClusterHttp.of(Optional.empty()))) {
                assertThatThrownBy(() -> way.of(http, at("127.0.0.1")))
                        .isInstanceOfSatisfying(IOException.class, e -> assertThat(FailureReason.ofConnection(e))
                                .contains("--ca FILE"));
            }
        }
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        ClientTls wrong = ClientTls.trusting(temporary.resolve("none.crt"));
        assertThatThrownBy(() -> ClusterHttp.of(Optional.of(wrong)))
                .isInstanceOf(CraqException.class)
                .hasMessageContaining("none.crt does not exist");
    }
}
