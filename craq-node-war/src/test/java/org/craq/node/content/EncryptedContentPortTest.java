package org.craq.node.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.craq.core.chain.NodeId;
import org.craq.security.Action;
import org.craq.security.Rights;
import org.craq.server.Sweeps;
import org.craq.server.access.Access;
import org.craq.server.limits.CallerLimits;
import org.craq.server.limits.LimitSettings;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.content.ContentAddress;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentConnections;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.content.ContentSession;
import org.craq.wire.tls.ContentTls;
import org.craq.wire.tls.TestCertificates;
import org.craq.wire.tls.TlsCredentials;
import org.craq.wire.tls.TlsFiles;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ContentRequest.WhatCase;
import org.craq.wire.v1.Envelope;
import org.craq.wire.v1.PushReply;
import org.craq.wire.v1.PushStart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A content port with TLS, and clients that know whom they mean. */
@Timeout(60)
class EncryptedContentPortTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int MOST = 4;
    private static final String NODE = "spiffe://craq/c/node/";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final List<byte[]> pushed = new CopyOnWriteArrayList<>();
    private final ChunkBuffers memory = ChunkBuffers.direct(2);
    private final ContentSessions sessions = new ContentSessions(
            Access.on(
                    new Access.KnownRights() {
                        @Override
                        public Rights rights() {
                            return new Rights(1, "c", Map.of(), Map.of(), Map.of(), Set.of(), List.of());
                        }

                        @Override
                        public void requireCurrent(Action action) {}
                    },
                    false,
                    new CallerLimits(LimitSettings.OFF, System::nanoTime),
                    Access.Outside.NONE),
            true);
    private final TestCertificates authority = new TestCertificates("ca");
    private TlsFiles files;
    private TlsCredentials own;
    private ContentPort port;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        files = authority.issue(folder.resolve("n1"), NODE + "n1");
        own = TlsCredentials.load(files);
        port = new ContentPort(
                new NodeId("n1"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                MOST,
                Optional.of(sessions),
                Optional.of(own.forContents()),
                threads,
                (method, code) -> {});
        port.open(Map.of(WhatCase.PUSH, new Pushes()));
        new Sweeps(timer)
                .every(Duration.ofSeconds(1), "ending slow connections", Runnable::run, () -> port.sweep(false));
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
        port.close();
        assertThat(port.connections()).isZero();
        threads.shutdownNow();
    }

    /** Keeps the chunks of a push, and sends them back. */
    private final class Pushes implements ContentHandler {
        @Override
        public void answer(ContentRequest request, ServedConnection connection) throws IOException {
            connection.requireNode(request.getPush().getEnvelope().getFrom());
            List<byte[]> chunks = new ArrayList<>();
            connection.pieces(
                    frame -> {
                        try (ComingChunk chunk = new ComingChunk(memory, frame.length(), frame.crc32c())) {
                            chunk.receive(connection, () -> {});
                            assertThat(frame.fits(chunk.bytes())).isTrue();
                            byte[] bytes = new byte[chunk.length()];
                            chunk.bytes().get(bytes);
                            chunks.add(bytes);
                        }
                    },
                    () -> {});
            pushed.addAll(chunks);
            for (byte[] chunk : chunks) {
                for (int at = 0; at < chunk.length; at += connection.room().capacity()) {
                    ByteBuffer room = connection.room().clear();
                    room.put(chunk, at, Math.min(room.capacity(), chunk.length - at))
                            .flip();
                    connection.send(room, Checksum.of(room));
                }
            }
            connection.put(ContentReply.newBuilder()
                    .setPushed(PushReply.newBuilder().setChunks(chunks.size()))
                    .build());
        }

        @Override
        public String method() {
            return "push";
        }
    }

    private static byte[] push() {
        return ContentRequest.newBuilder()
                .setNodeId("n1")
                .setPush(
                        PushStart.newBuilder().setEnvelope(Envelope.newBuilder().setFrom("n2")))
                .build()
                .toByteArray();
    }

    private ContentSession session() {
        return sessions.issue(new NodeId("n2"));
    }

    /** Returns connections of a process that trusts an authority and means the node n1. */
    private ContentConnections<String> connections(TlsCredentials trusting) {
        return new ContentConnections<>(
                node -> "127.0.0.1:1", node -> Optional.of(new ContentTls(trusting.toContents(), node)), 1);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private void pushes(ContentConnection line, int... lengths) throws IOException {
        line.send(push(), SOON);
        for (int length : lengths) {
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect(length).put(random(length)).flip();
            line.announce(length, Checksum.of(bytes));
            for (int at = 0; at < length; at += 64 << 10) {
                line.sendPart(bytes.slice(at, Math.min(64 << 10, length - at)), SOON);
            }
        }
        line.send(ContentEnd.getDefaultInstance().toByteArray(), SOON);
        for (int length : lengths) {
            ByteBuffer back = ByteBuffer.allocate(length);
            while (back.hasRemaining()) {
                ContentFrame frame = line.frame(SOON);
                back.put(line.take(frame.length(), SOON));
            }
            assertThat(back.array()).isEqualTo(random(length));
        }
        ContentFrame frame = line.frame(SOON);
        assertThat(ContentReply.parseFrom(line.take(frame.length(), SOON))
                        .getPushed()
                        .getChunks())
                .isEqualTo(lengths.length);
    }

    @Test
    void contentsArriveAndReturnOverOneConnection() throws IOException {
        try (ContentConnections<String> connections = connections(own)) {
            connections.learn("n1", new ContentAddress(port.port(), Optional.of(session())));
            for (int i = 0; i < 3; i++) {
                ContentConnection line = connections.take("n1").orElseThrow();
                pushes(line, 1 << 20, 1 << 20, 300_001, 1);
                connections.giveBack("n1", line);
            }
            assertThat(port.connections()).isEqualTo(1);
        }
        assertThat(pushed).hasSize(12);
        assertThat(port.received()).isEqualTo(3 * ((2 << 20) + 300_002));
    }

    @Test
    void nobodyElseIsTakenForTheNode() throws IOException {
        TlsCredentials foreign =
                TlsCredentials.load(new TestCertificates("other").issue(folder.resolve("other"), NODE + "n2"));
        refused("n1", connections(foreign), session());
        // The node itself, by a client that means another one.
        refused("n3", connections(own), session());
        // A process that knows no authorities.
        refused("n1", new ContentConnections<>(node -> "127.0.0.1:1", node -> Optional.empty(), 1), session());
        // One that would speak in clear text, as the session does not say that TLS is needed.
        ContentSession clear = new ContentSession(session().ticket(), session().key(), Optional.empty(), false);
        refused("n1", connections(own), clear);
        assertThat(pushed).isEmpty();
        await().until(() -> port.connections() == 0);
    }

    private void refused(String node, ContentConnections<String> connections, ContentSession session) {
        try (connections) {
            connections.learn(node, new ContentAddress(port.port(), Optional.of(session)));
            assertThat(connections.take(node)).isEmpty();
            assertThat(connections.allows(node))
                    .as("contents take gRPC for a while")
                    .isFalse();
        }
    }

    @Test
    void aPortInClearTextIsNotUsedWithASessionForTls() throws IOException {
        try (ContentPort clear = new ContentPort(
                new NodeId("n1"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                MOST,
                Optional.of(sessions),
                Optional.empty(),
                threads,
                (method, code) -> {})) {
            clear.open(Map.of(WhatCase.PUSH, new Pushes()));
            try (ContentConnections<String> connections = connections(own)) {
                connections.learn("n1", new ContentAddress(clear.port(), Optional.of(session())));
                assertThat(connections.take("n1")).isEmpty();
            }
            assertThat(clear.received()).isZero();
        }
    }

    @Test
    void clearTextAndSilenceAreClosedWithin5Seconds() throws Exception {
        for (String text : List.of("CRAQ/2\r\n", "CRAQ/1\r\n", "GET / HTTP/1.1\r\n\r\n", "CR", "")) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
                socket.setSoTimeout(5_000);
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                assertThat(closes(socket)).as(text).isTrue();
            }
        }
    }

    /** Returns true once the connection ends, maybe after the alert of TLS; fails after the socket's timeout. */
    private static boolean closes(Socket socket) throws IOException {
        try {
            socket.getInputStream().readNBytes(1000);
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        return true;
    }

    @Test
    void aHandshakeThatComesByteByByteIsClosedAsWell() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
            // The header of a record with a ClientHello of 512 bytes, and some of it.
            byte[] begin = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
            long since = System.nanoTime();
            assertThatThrownBy(() -> {
                        for (int i = 0; ; i++) {
                            socket.getOutputStream().write(i < begin.length ? begin[i] : i);
                            TimeUnit.MILLISECONDS.sleep(50);
                        }
                    })
                    .isInstanceOf(SocketException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(6));
        }
    }

    @Test
    void stalledHandshakesMakeRoom() throws Exception {
        List<Socket> stalled = new ArrayList<>();
        try (ContentConnections<String> connections = connections(own)) {
            for (int i = 0; i < MOST; i++) {
                stalled.add(new Socket(InetAddress.getLoopbackAddress(), port.port()));
            }
            await().until(() -> port.connections() == MOST);
            TimeUnit.MILLISECONDS.sleep(600);
            connections.learn("n1", new ContentAddress(port.port(), Optional.of(session())));
            pushes(connections.take("n1").orElseThrow(), 70_000);
        } finally {
            for (Socket each : stalled) {
                each.close();
            }
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleIsForgotten() throws IOException {
        for (int length : new int[] {0, 10, 70_000, 1_000_000}) {
            try (ContentConnections<String> connections = connections(own)) {
                connections.learn("n1", new ContentAddress(port.port(), Optional.of(session())));
                ContentConnection line = connections.take("n1").orElseThrow();
                line.send(push(), SOON);
                line.announce(1 << 20, 0);
                line.sendPart(ByteBuffer.allocateDirect(length), SOON);
            }
            await().until(() -> port.connections() == 0);
        }
        assertThat(pushed).isEmpty();
    }

    @Test
    void aClientThatTakesNothingIsCutOff() throws Exception {
        try (ContentConnections<String> connections = connections(own)) {
            connections.learn("n1", new ContentAddress(port.port(), Optional.of(session())));
            ContentConnection line = connections.take("n1").orElseThrow();
            line.send(push(), SOON);
            for (int i = 0; i < 20; i++) {
                line.send(ByteBuffer.allocateDirect(1 << 20), Checksum.of(ByteBuffer.allocate(1 << 20)), SOON);
            }
            line.send(ContentEnd.getDefaultInstance().toByteArray(), SOON);
            await().until(() -> pushed.size() == 20);
            await().during(Duration.ofMillis(300)).until(() -> port.connections() == 1);
            port.sweep(Duration.ofMillis(100));
            await().until(() -> port.connections() == 0);
        }
    }

    @Test
    void theConnectionsOfAPortThatClosesEnd() throws Exception {
        try (ContentConnections<String> connections = connections(own)) {
            connections.learn("n1", new ContentAddress(port.port(), Optional.of(session())));
            ContentConnection line = connections.take("n1").orElseThrow();
            pushes(line, 10);
            port.close();
            assertThatThrownBy(() -> pushes(line, 10)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aNewCertificateAndAuthorityAreUsedByNewConnections() throws IOException {
        TlsCredentials former = TlsCredentials.load(authority.issue(folder.resolve("n2"), NODE + "n2"));
        try (ContentConnections<String> connections = connections(former)) {
            connections.learn("n1", new ContentAddress(port.port(), Optional.of(session())));
            ContentConnection line = connections.take("n1").orElseThrow();
            new TestCertificates("next").issue(folder.resolve("n1"), NODE + "n1");
            own.reload();
            assertThat(own.failures()).isZero();
            pushes(line, 100_000);
            assertThat(connections.take("n1"))
                    .as("who trusts the former authority only")
                    .isEmpty();
        }
        try (ContentConnections<String> connections = connections(TlsCredentials.load(files))) {
            connections.learn("n1", new ContentAddress(port.port(), Optional.of(session())));
            pushes(connections.take("n1").orElseThrow(), 100_000);
        }
    }
}
