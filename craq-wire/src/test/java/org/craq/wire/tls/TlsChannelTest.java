package org.craq.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS on a pair of sockets, by BoringSSL and by the JDK. */
@Timeout(60)
class TlsChannelTest {
    private static final String NODE = "spiffe://craq/c/node/";
    /** The type of records with encrypted content. */
    private static final byte CONTENT = 23;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final TestCertificates authority = new TestCertificates("ca");
    private ServerSocketChannel door;

    @TempDir
    private Path folder;

    @BeforeEach
    void open() throws IOException {
        door = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        door.close();
        threads.shutdownNow();
    }

    private InetSocketAddress address() throws IOException {
        return (InetSocketAddress) door.getLocalAddress();
    }

    private TlsCredentials credentials(String node) {
        return TlsCredentials.load(authority.issue(folder.resolve(node), NODE + node));
    }

    /** What a server does with a connection. */
    private interface Serving {
        void to(TlsChannel channel, SocketChannel socket) throws IOException;
    }

    private Future<?> serve(SslContext context, Serving serving) {
        return threads.submit(() -> {
            try (SocketChannel socket = door.accept();
                    TlsChannel channel = TlsChannel.ofServer(socket, context)) {
                channel.handshake(TlsChannel.Waiter.NEVER);
                serving.to(channel, socket);
            }
            return null;
        });
    }

    private static void echo(TlsChannel channel, SocketChannel socket) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(100_000);
        while (channel.read(bytes.clear()) > 0) {
            channel.write(TlsChannel.Waiter.NEVER, bytes.flip());
        }
    }

    private TlsChannel connect(SocketChannel socket, SslContext context, String node) throws IOException {
        return new ContentTls(context, node).encrypt(socket, address(), TlsChannel.Waiter.NEVER);
    }

    private static void readAll(TlsChannel channel, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            assertThat(channel.read(into)).isPositive();
        }
    }

    private static String echoed(TlsChannel channel, String text) throws IOException {
        ByteBuffer sent = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        ByteBuffer back = ByteBuffer.allocate(sent.remaining());
        channel.write(TlsChannel.Waiter.NEVER, sent);
        readAll(channel, back);
        return new String(back.array(), StandardCharsets.UTF_8);
    }

    private static ByteBuffer buffer(byte[] bytes, boolean direct) {
        return direct ? ByteBuffer.allocateDirect(bytes.length).put(bytes).flip() : ByteBuffer.wrap(bytes);
    }

    @Test
    void boringSslIsThere() {
        assertThat(OpenSsl.unavailabilityCause()).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void allBytesArriveHoweverTheyAreDivided(SslProvider provider) throws Exception {
        TlsCredentials n1 = credentials("n1");
        Future<?> server = serve(n1.forContents(provider), TlsChannelTest::echo);
        Random random = new Random(1);
        try (SocketChannel socket = SocketChannel.open(address());
                TlsChannel channel = connect(socket, n1.toContents(provider), "n1")) {
            for (int length : new int[] {1, 12, 16_383, 16_384, 16_385, 65_536, 65_548, 90_000}) {
                for (boolean direct : new boolean[] {true, false}) {
                    byte[] head = new byte[12];
                    byte[] body = new byte[length];
                    random.nextBytes(head);
                    random.nextBytes(body);
                    channel.write(TlsChannel.Waiter.NEVER, buffer(head, false), buffer(body, direct));
                    ByteBuffer start = ByteBuffer.allocate(head.length);
                    readAll(channel, start);
                    assertThat(start.array()).isEqualTo(head);
                    ByteBuffer rest = direct ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
                    readAll(channel, rest);
                    assertThat(rest.flip()).isEqualTo(ByteBuffer.wrap(body));
                }
            }
        }
        server.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void anotherNodeOrAuthorityIsRefused(SslProvider provider) throws Exception {
        TlsCredentials n1 = credentials("n1");
        refused(n1.forContents(provider), n1.toContents(provider), "n2", "node n1 of cluster c in place of node n2");

        TestCertificates others = new TestCertificates("other");
        TlsCredentials foreign = TlsCredentials.load(others.issue(folder.resolve("foreign"), NODE + "n1"));
        refused(foreign.forContents(provider), n1.toContents(provider), "n1", "");

        TlsCredentials neighbour =
                TlsCredentials.load(authority.issue(folder.resolve("neighbour"), "spiffe://craq/d/node/n1"));
        refused(neighbour.forContents(provider), n1.toContents(provider), "n1", "");

        TlsCredentials manager =
                TlsCredentials.load(authority.issue(folder.resolve("manager"), "spiffe://craq/c/manager/n1"));
        refused(manager.forContents(provider), n1.toContents(provider), "n1", "manager n1");
    }

    private void refused(SslContext server, SslContext client, String node, String why) throws Exception {
        Future<?> serving = serve(server, TlsChannelTest::echo);
        try (SocketChannel socket = SocketChannel.open(address())) {
            assertThatThrownBy(() -> connect(socket, client, node).close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(why);
        }
        try {
            serving.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void usersCompareTheHostToo() throws Exception {
        TlsFiles files = authority.issue(folder.resolve("n1"), NODE + "n1");
        SslContext server = TlsCredentials.load(files).forContents();
        SslContext user = UserTls.contents(files.authorities());
        Future<?> serving = serve(server, TlsChannelTest::echo);
        try (SocketChannel socket = SocketChannel.open(address());
                TlsChannel channel = connect(socket, user, "n1")) {
            assertThat(echoed(channel, "hello")).isEqualTo("hello");
        }
        serving.get(10, TimeUnit.SECONDS);

        refused(server, user, "n2", "in place of node n2");

        Future<?> another = serve(server, TlsChannelTest::echo);
        try (SocketChannel socket = SocketChannel.open(address())) {
            InetSocketAddress other =
                    InetSocketAddress.createUnresolved("n9.example", address().getPort());
            assertThatThrownBy(() -> new ContentTls(user, "n1")
                            .encrypt(socket, other, TlsChannel.Waiter.NEVER)
                            .close())
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> another.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void newConnectionsUseExchangedFiles(SslProvider provider) throws Exception {
        TlsFiles files = authority.issue(folder.resolve("n1"), NODE + "n1");
        TlsCredentials n1 = TlsCredentials.load(files);
        SslContext server = n1.forContents(provider);
        SslContext client = n1.toContents(provider);
        X509Certificate before = shown(server, client);
        assertThat(shown(server, client)).isEqualTo(before);

        TestCertificates next = new TestCertificates("next");
        next.issue(folder.resolve("n1"), NODE + "n1");
        n1.reload();
        assertThat(n1.failures()).isZero();
        X509Certificate after = shown(server, client);
        assertThat(after).isNotEqualTo(before);
        after.verify(key(next));

        // Who still trusts the former authority only finds nobody any more.
        TlsFiles former = authority.issue(folder.resolve("former"), NODE + "n2");
        refused(server, TlsCredentials.load(former).toContents(provider), "n1", "");
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void noSessionCanBeResumed(SslProvider provider) throws Exception {
        TlsCredentials n1 = credentials("n1");
        Future<?> server = serve(
                n1.forContents(provider),
                (channel, socket) -> channel.write(TlsChannel.Waiter.NEVER, ByteBuffer.allocate(1)));
        try (SocketChannel socket = SocketChannel.open(address());
                TlsChannel channel = connect(socket, n1.toContents(provider), "n1")) {
            assertThat(channel.peer()).isNotNull();
            int count = 0;
            ByteBuffer bytes = ByteBuffer.allocate(10_000);
            for (int more = 0; more >= 0; more = socket.read(bytes)) {
                count += more;
            }
            assertThat(count)
                    .as("one byte and the end, in a record of some 22 bytes each; a ticket takes hundreds")
                    .isLessThan(100);
        }
        server.get(10, TimeUnit.SECONDS);
    }

    private static PublicKey key(TestCertificates authority) throws Exception {
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(authority.authority().getBytes(StandardCharsets.US_ASCII)))
                .getPublicKey();
    }

    /** Returns the certificate of a new connection, on which some bytes have moved both ways. */
    private X509Certificate shown(SslContext server, SslContext client) throws Exception {
        Future<?> serving = serve(server, TlsChannelTest::echo);
        try (SocketChannel socket = SocketChannel.open(address());
                TlsChannel channel = connect(socket, client, "n1")) {
            assertThat(echoed(channel, "hello")).isEqualTo("hello");
            return channel.peer();
        } finally {
            serving.get(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void clearTextEndsTheHandshake(SslProvider provider) throws Exception {
        Future<?> server = serve(credentials("n1").forContents(provider), TlsChannelTest::echo);
        try (SocketChannel socket = SocketChannel.open(address())) {
            socket.write(ByteBuffer.wrap("CRAQ/2\r\n".getBytes(StandardCharsets.US_ASCII)));
            assertThatThrownBy(() -> server.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void clearTextOfAServerEndsTheHandshake(SslProvider provider) throws Exception {
        Future<?> server = threads.submit(() -> {
            try (SocketChannel socket = door.accept()) {
                socket.read(ByteBuffer.allocate(1000));
                socket.write(ByteBuffer.allocate(64));
            }
            return null;
        });
        try (SocketChannel socket = SocketChannel.open(address())) {
            assertThatThrownBy(() -> connect(socket, credentials("n1").toContents(provider), "n1")
                            .close())
                    .isInstanceOf(IOException.class);
        }
        server.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void changedBytesEndTheConnection(SslProvider provider) throws Exception {
        TlsCredentials n1 = credentials("n1");
        Future<?> server = serve(n1.forContents(provider), TlsChannelTest::echo);
        try (SocketChannel socket = SocketChannel.open(address());
                TlsChannel channel = connect(socket, n1.toContents(provider), "n1")) {
            assertThat(echoed(channel, "hello")).isEqualTo("hello");
            // Three records of the right form, which nobody with the keys has made.
            ByteBuffer forged = ByteBuffer.allocate(3 * (5 + 100));
            for (int i = 0; i < 3; i++) {
                forged.put(CONTENT).putShort((short) 0x0303).putShort((short) 100);
                forged.put(new byte[100]);
            }
            socket.write(forged.flip());
            assertThatThrownBy(() -> server.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> readAll(channel, ByteBuffer.allocate(1)))
                    .isInstanceOfAny(IOException.class, AssertionError.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void theEndIsToldAndACutConnectionIsAnEndAsWell(SslProvider provider) throws Exception {
        TlsCredentials n1 = credentials("n1");
        for (boolean told : new boolean[] {true, false}) {
            Future<?> server = serve(n1.forContents(provider), (channel, socket) -> {
                assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(1);
                assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            });
            SocketChannel socket = SocketChannel.open(address());
            TlsChannel channel = connect(socket, n1.toContents(provider), "n1");
            channel.write(TlsChannel.Waiter.NEVER, ByteBuffer.allocate(1));
            if (told) {
                channel.close();
                assertThat(socket.read(ByteBuffer.allocate(1000))).isPositive();
                server.get(10, TimeUnit.SECONDS);
            }
            socket.close();
            server.get(10, TimeUnit.SECONDS);
            channel.close();
            channel.close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SslProvider.class,
            names = {"OPENSSL", "JDK"})
    void anotherThreadMayCloseInTheMiddle(SslProvider provider) throws Exception {
        TlsCredentials n1 = credentials("n1");
        for (int i = 0; i < 8; i++) {
            Future<?> server = serve(n1.forContents(provider), TlsChannelTest::echo);
            SocketChannel socket = SocketChannel.open(address());
            TlsChannel channel = connect(socket, n1.toContents(provider), "n1");
            Future<?> busy = threads.submit(() -> {
                ByteBuffer bytes = ByteBuffer.allocateDirect(60_000);
                while (true) {
                    channel.write(TlsChannel.Waiter.NEVER, bytes.clear());
                    readAll(channel, bytes.clear());
                }
            });
            TimeUnit.MILLISECONDS.sleep(i);
            channel.close();
            socket.close();
            assertThatThrownBy(() -> busy.get(10, TimeUnit.SECONDS))
                    .satisfies(e -> assertThat(e.getCause()).isInstanceOfAny(IOException.class, AssertionError.class));
            try {
                server.get(10, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(IOException.class);
            }
        }
    }
}
