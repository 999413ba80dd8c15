package org.craq.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS from node to node: what counts is whose certificate the other side has. */
class HttpsTest {
    private static final String NODE = "spiffe://craq/c/node/";

    private final TestCertificates authority = new TestCertificates("ca");
    private final List<HttpsServer> servers = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    /** Starts a server with these files and returns its port. */
    private int serve(TlsFiles files) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(UserTls.httpContext(files.authorities(), Optional.of(files))));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }

    private static String get(TlsCredentials own, String node, int port) throws IOException {
        HttpsURLConnection connection = (HttpsURLConnection)
                URI.create("https://localhost:" + port + "/").toURL().openConnection();
        connection.setSSLSocketFactory(own.socketsToNode(node));
        connection.setHostnameVerifier((host, session) -> true);
        connection.setRequestProperty("Connection", "close");
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void aNodeIsKnownByItsCertificateAndNotByItsAddress() throws IOException {
        TlsCredentials n1 = TlsCredentials.load(authority.issue(folder.resolve("n1"), NODE + "n1"));
        int n2 = serve(authority.issue(folder.resolve("n2"), NODE + "n2"));
        assertThat(get(n1, "n2", n2)).isEqualTo("ok");
        assertThatThrownBy(() -> get(n1, "n3", n2))
                .hasRootCauseMessage("connected to node n2 of cluster c in place of node n3 of cluster c");
    }

    @Test
    void otherClustersUsersAndAuthoritiesAreRefused() throws IOException {
        TlsCredentials n1 = TlsCredentials.load(authority.issue(folder.resolve("n1"), NODE + "n1"));
        int other = serve(authority.issue(folder.resolve("other"), "spiffe://craq/other/node/n2"));
        int user = serve(authority.issue(folder.resolve("user"), "spiffe://craq/c/user/n2"));
        int alien = serve(new TestCertificates("alien").issue(folder.resolve("alien"), NODE + "n2"));
        for (int port : new int[] {other, user, alien}) {
            assertThatThrownBy(() -> get(n1, "n2", port)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void exchangedAuthoritiesAreUsedByTheNextRequest() throws IOException {
        TlsFiles files = authority.issue(folder.resolve("n1"), NODE + "n1");
        TlsCredentials n1 = TlsCredentials.load(files);
        TestCertificates next = new TestCertificates("next");
        int n2 = serve(next.issue(folder.resolve("n2"), NODE + "n2"));
        assertThatThrownBy(() -> get(n1, "n2", n2)).isInstanceOf(IOException.class);
        Files.writeString(files.authorities(), authority.authority() + next.authority());
        n1.reload();
        assertThat(get(n1, "n2", n2)).isEqualTo("ok");
    }
}
