package org.craq.client.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with the files, in which both sides prove who they are. */
class HandshakeTest {
    private static final int PATIENCE_SECONDS = 60;
    private static final char[] NONE = new char[0];

    @TempDir
    private Path temporary;

    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private Scene scene;
    private CertificateFolder folder;

    @BeforeEach
    void start() throws IOException {
        scene = new Scene(temporary.resolve("certs"));
        folder = scene.full(Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    /** Returns a context with a PEM key and certificate, as servers use them. */
    private SSLContext pem(String stem, Path trusted) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "own",
                Pem.key(scene.folder().resolve(stem + ".key")),
                NONE,
                Pem.certificates(scene.folder().resolve(stem + ".crt")).toArray(X509Certificate[]::new));
        return context(keys, NONE, trusted);
    }

    /** Returns a context with a key store, as application servers use it. */
    private SSLContext keyStore(String stem, Path trusted) throws Exception {
        Path file = scene.folder().resolve(stem + ".p12");
        char[] password =
                Files.readString(scene.folder().resolve(stem + ".p12.password")).toCharArray();
        return context(KeyStore.getInstance(file.toFile(), password), password, trusted);
    }

    private static SSLContext context(KeyStore keys, char[] password, Path trusted) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        for (X509Certificate each : Pem.certificates(trusted)) {
            trust.setCertificateEntry(each.getSerialNumber().toString(), each);
        }
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, password);
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(trust);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return context;
    }

    /** Connects, checks the server's address, and returns the identities that client and server have seen. */
    private List<String> meet(SSLContext server, SSLContext client, String host) throws Exception {
        try (SSLServerSocket port = (SSLServerSocket)
                server.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port.setNeedClientAuth(true);
            CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> accept(port), executor);
            try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port.getLocalPort());
                    SSLSocket socket = (SSLSocket)
                            client.getSocketFactory().createSocket(plain, host, port.getLocalPort(), true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                int answer = socket.getInputStream().read();
                if (answer != 'y') {
                    throw new SSLException("the server has closed the connection");
                }
                return List.of(identity(socket), seen.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
        }
    }

    private static String accept(SSLServerSocket port) {
        try (SSLSocket socket = (SSLSocket) port.accept()) {
            socket.startHandshake();
            String identity = identity(socket);
            socket.getOutputStream().write('y');
            return identity;
        } catch (IOException e) {
            return "failed: " + e.getMessage();
        }
    }

    private static String identity(SSLSocket socket) throws IOException {
        X509Certificate peer = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return AlternativeNames.of(peer).identity().orElseThrow().uri();
    }

    @Test
    void serversAndUsersRecognizeEachOther() throws Exception {
        for (SSLContext server : List.of(pem("n1/node", folder.trusted()), keyStore("n1/node", folder.trusted()))) {
            for (String host : List.of("127.0.0.1", "::1", "localhost", "n1.example")) {
                assertThat(meet(server, pem("m1/node", folder.trusted()), host))
                        .as(host)
                        .containsExactly("spiffe://craq/blue/node/n1", "spiffe://craq/blue/manager/m1");
            }
            assertThat(meet(server, pem("users/anna/user", folder.trusted()), "localhost"))
                    .containsExactly("spiffe://craq/blue/node/n1", "spiffe://craq/blue/user/anna");
        }
    }

    @Test
    void aServerIsRefusedUnderAnAddressThatIsNotItsOwn() throws Exception {
        SSLContext server = pem("m1/node", folder.trusted());
        SSLContext client = pem("n1/node", folder.trusted());
        assertThatThrownBy(() -> meet(server, client, "127.0.0.1")).isInstanceOf(SSLException.class);
    }

    @Test
    void aUserIsNoServer() throws Exception {
        SSLContext server = pem("users/anna/user", folder.trusted());
        SSLContext client = pem("n1/node", folder.trusted());
        assertThatThrownBy(() -> meet(server, client, "localhost")).isInstanceOf(IOException.class);
    }

    @Test
    void anotherCasClientIsRefused() throws Exception {
        Scene other = new Scene(temporary.resolve("other"));
        other.full(Clock.systemUTC());
        SSLContext server = pem("n1/node", folder.trusted());
        Scene own = scene;
        scene = other;
        SSLContext stranger = pem("m1/node", own.folder().resolve("ca.crt"));
        assertThatThrownBy(() -> meet(server, stranger, "localhost")).isInstanceOf(IOException.class);
    }

    @Test
    void oldAndNewCertificatesMeetWhileTheCaIsReplaced() throws Exception {
        SSLContext oldNode = pem("n1/node", folder.trusted());
        folder.beginReplacement();
        SSLContext withBundle = pem("n1/node", folder.trusted());
        SSLContext oldManager = pem("m1/node", folder.trusted());
        folder.renew(List.of("m1"));
        SSLContext newManager = pem("m1/node", folder.trusted());
        assertThat(meet(withBundle, newManager, "localhost")).hasSize(2);
        assertThat(meet(withBundle, oldManager, "localhost")).hasSize(2);
        // A server that has not got the bundle yet is why the steps have an order.
        assertThatThrownBy(() -> meet(oldNode, newManager, "localhost")).isInstanceOf(IOException.class);
        folder.renew(List.of("n1"));
        SSLContext newNode = pem("n1/node", folder.trusted());
        assertThat(meet(newNode, newManager, "localhost")).hasSize(2);
        assertThat(meet(newNode, oldManager, "localhost")).hasSize(2);
    }
}
