package org.craq.node.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.craq.core.chain.NodeId;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ContentRequest.WhatCase;
import org.craq.wire.v1.PushReply;
import org.craq.wire.v1.PushStart;
import org.craq.wire.v1.ReadHeader;
import org.craq.wire.v1.ReadRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentPortTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int MOST = 3;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private final CountDownLatch gone = new CountDownLatch(1);
    private ContentPort port;

    @TempDir
    private Path folder;

    private Path zeros;

    @BeforeEach
    void start() throws IOException {
        zeros = Files.write(folder.resolve("zeros"), new byte[1 << 20]);
        port = new ContentPort(
                new NodeId("n1"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                MOST,
                Optional.empty(),
                Optional.empty(),
                threads,
                (method, code) -> refused.add(method + " " + code));
        port.open(Map.of(WhatCase.READ, new Reads(), WhatCase.PUSH, new Pushes()));
    }

    @AfterEach
    void stop() {
        port.close();
        assertThat(port.connections()).isZero();
        threads.shutdownNow();
    }

    /** Answers with as many bytes as the request's limit; some names are refused or fail. */
    private final class Reads implements ContentHandler {
        @Override
        public void answer(ContentRequest request, ServedConnection connection) throws IOException {
            ReadRequest read = request.getRead();
            connection.working(true);
            switch (read.getName()) {
                case "refused" -> throw new CraqException(ErrorCode.NOT_FOUND, "there is none");
                case "bug" -> throw new IllegalStateException("secret");
                default -> {
                    connection.put(ContentReply.newBuilder()
                            .setHeader(ReadHeader.newBuilder().setLength(read.getLimit()))
                            .build());
                    ByteBuffer bytes = ByteBuffer.allocate((int) read.getLimit());
                    connection.working(false);
                    if (bytes.capacity() <= 64 << 10) {
                        connection.send(bytes, Checksum.of(bytes));
                        if (read.getName().equals("late bug")) {
                            throw new IllegalStateException("after all was put");
                        }
                    } else {
                        connection.send(bytes.capacity(), Checksum.of(bytes), (channel, progressed) -> {
                            // Sent by the kernel, as the store does.
                            try (FileChannel file = FileChannel.open(zeros)) {
                                long sent = 0;
                                while (sent < bytes.capacity()) {
                                    sent += file.transferTo(sent, bytes.capacity() - sent, channel);
                                }
                            } finally {
                                gone.countDown();
                            }
                        });
                    }
                }
            }
        }

        @Override
        public String method() {
            return "read";
        }
    }

    /** Counts the content frames of a push, and refuses one of a single byte. */
    private static final class Pushes implements ContentHandler {
        @Override
        public void answer(ContentRequest request, ServedConnection connection) throws IOException {
            int pieces = 0;
            ContentFrame frame = connection.frame();
            for (; frame.kind() == ContentFrame.Kind.PIECE; frame = connection.frame()) {
                ByteBuffer bytes = ByteBuffer.allocate(frame.length());
                connection.read(bytes);
                if (!frame.fits(bytes.flip())) {
                    throw new CraqException(ErrorCode.CHECKSUM_MISMATCH, "wrong bytes");
                }
                if (frame.length() == 1) {
                    throw new CraqException(ErrorCode.STORAGE_FULL, "full");
                }
                pieces++;
            }
            connection.end(frame);
            connection.put(ContentReply.newBuilder()
                    .setPushed(PushReply.newBuilder().setChunks(pieces))
                    .build());
        }

        @Override
        public String method() {
            return "push";
        }
    }

    private ContentConnection line() throws IOException {
        return new ContentConnection("127.0.0.1:1", port.port(), Optional.empty(), Optional.empty());
    }

    private static byte[] read(String node, String name, int limit) {
        return ContentRequest.newBuilder()
                .setNodeId(node)
                .setRead(ReadRequest.newBuilder().setName(name).setLimit(limit))
                .build()
                .toByteArray();
    }

    private static byte[] push() {
        return ContentRequest.newBuilder()
                .setNodeId("n1")
                .setPush(PushStart.getDefaultInstance())
                .build()
                .toByteArray();
    }

    private static ContentReply reply(ContentConnection line) throws IOException {
        return ContentReply.parseFrom(bytes(line, ContentFrame.Kind.MESSAGE));
    }

    private static ByteBuffer bytes(ContentConnection line, ContentFrame.Kind kind) throws IOException {
        ContentFrame frame = line.frame(SOON);
        assertThat(frame.kind()).isEqualTo(kind);
        ByteBuffer bytes;
        if (frame.length() <= ContentConnection.SHORT_BYTES) {
            bytes = line.take(frame.length(), SOON);
        } else {
            bytes = ByteBuffer.allocate(frame.length());
            line.read(bytes, SOON);
            bytes.flip();
        }
        assertThat(frame.fits(bytes)).isTrue();
        return bytes;
    }

    @Test
    void oneConnectionAnswersOneRequestAfterTheOther() throws IOException {
        try (ContentConnection line = line()) {
            for (int length : new int[] {1, 64 << 10, 1 << 20, 7, (64 << 10) + 1, 64 << 10}) {
                line.send(read("n1", "f", length), SOON);
                assertThat(reply(line).getHeader().getLength()).isEqualTo(length);
                assertThat(bytes(line, ContentFrame.Kind.PIECE).remaining()).isEqualTo(length);
            }
            assertThat(port.connections()).isEqualTo(1);
            await().untilAsserted(() -> assertThat(port.sent()).isEqualTo(9 + 3 * (64 << 10) + (1 << 20)));
        }
        await().until(() -> port.connections() == 0);
    }

    @Test
    void aRefusalIsToldAndTheNextRequestMayFollow() throws IOException {
        try (ContentConnection line = line()) {
            line.send(read("n1", "refused", 1), SOON);
            assertThat(reply(line).getRefusal().getCode()).isEqualTo("NOT_FOUND");
            line.send(read("n1", "bug", 1), SOON);
            ContentReply answer = reply(line);
            assertThat(answer.getRefusal().getCode()).isEqualTo("INTERNAL");
            assertThat(answer.toString()).doesNotContain("secret");
            line.send(read("n1", "f", 1), SOON);
            assertThat(reply(line).hasHeader()).isTrue();
        }
        assertThat(refused).containsExactly("read NOT_FOUND", "read INTERNAL");
    }

    @Test
    void piecesComeInAndTheirEndIsAnswered() throws IOException {
        try (ContentConnection line = line()) {
            for (int i = 0; i < 2; i++) {
                line.send(push(), SOON);
                for (int length : new int[] {1 << 20, 64 << 10, 5}) {
                    ByteBuffer piece = length > 5 ? ByteBuffer.allocateDirect(length) : ByteBuffer.allocate(length);
                    line.send(piece, Checksum.of(piece), SOON);
                }
                line.send(ContentEnd.getDefaultInstance().toByteArray(), SOON);
                assertThat(reply(line).getPushed().getChunks()).isEqualTo(3);
            }
        }
        assertThat(port.received()).isEqualTo(2L * ((1 << 20) + (64 << 10) + 5));
    }

    @Test
    void whoIsRefusedWhileSendingGetsToReadIt() throws IOException {
        try (ContentConnection line = line()) {
            line.send(push(), SOON);
            line.send(ByteBuffer.allocate(1), Checksum.of(ByteBuffer.allocate(1)), SOON);
            ByteBuffer piece = ByteBuffer.allocate(1 << 20);
            for (int i = 0; i < 8; i++) {
                line.send(piece, Checksum.of(piece), SOON);
            }
            assertThat(line.answered()).isTrue();
            assertThat(reply(line).getRefusal().getCode()).isEqualTo("STORAGE_FULL");
            assertThatThrownBy(() -> line.frame(SOON)).isInstanceOf(EOFException.class);
        }
        await().until(() -> port.connections() == 0);
    }

    @Test
    void aWrongByteIsNoticed() throws IOException {
        try (ContentConnection line = line()) {
            line.send(push(), SOON);
            line.send(ByteBuffer.allocate(10), 1, SOON);
            assertThat(reply(line).getRefusal().getCode()).isEqualTo("CHECKSUM_MISMATCH");
        }
    }

    @Test
    void whatIsMeantForAnotherNodeOrIsNotServedEndsTheConnection() throws IOException {
        for (byte[] request : List.of(
                read("n2", "f", 1),
                ContentRequest.newBuilder().setNodeId("n1").build().toByteArray())) {
            try (ContentConnection line = line()) {
                line.send(request, SOON);
                assertThatThrownBy(() -> line.frame(SOON)).isInstanceOf(EOFException.class);
            }
        }
        assertThat(refused).isEmpty();
    }

    @Test
    void noiseEndsTheConnectionAndNothingElse() throws IOException {
        List<byte[]> noises = List.of(
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                "CRAQ/1\r\nGET / HTTP/1.1".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                ByteBuffer.allocate(20)
                        .put(ContentFrame.preface(false))
                        .putInt(1)
                        .putInt(-1)
                        .putInt(0)
                        .array(),
                ByteBuffer.allocate(24)
                        .put(ContentFrame.preface(false))
                        .putInt(1)
                        .putInt(4)
                        .putInt(0)
                        .putInt(99)
                        .array());
        for (byte[] noise : noises) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
                socket.setSoTimeout(5000);
                socket.getOutputStream().write(noise);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
        await().until(() -> port.connections() == 0);
    }

    @Test
    void whoRestsGivesWayAndWhoComesWhenAllAreBusyIsSentAway() throws IOException {
        // One after the other: the port goes by when each of them has last sent something, as it knows it.
        try (ContentConnection first = resting(1);
                ContentConnection second = resting(2);
                ContentConnection third = resting(MOST)) {
            try (ContentConnection fourth = answered()) {
                assertThatThrownBy(() -> first.frame(SOON)).isInstanceOf(IOException.class);
                assertNobodyElseFindsAPlace(second, third, fourth);
            }
        }
    }

    /** Returns a connection that has had an answer and rests, as one of that many. */
    private ContentConnection resting(int count) throws IOException {
        ContentConnection connection = answered();
        await().until(() -> port.resting() == count);
        return connection;
    }

    /** Returns a connection that has received an answer. */
    private ContentConnection answered() throws IOException {
        ContentConnection line = line();
        line.send(read("n1", "f", 1), SOON);
        assertThat(reply(line).hasHeader()).isTrue();
        assertThat(bytes(line, ContentFrame.Kind.PIECE).remaining()).isEqualTo(1);
        return line;
    }

    private void assertNobodyElseFindsAPlace(ContentConnection... all) throws IOException {
        for (ContentConnection busy : all) {
            busy.send(push(), SOON);
            busy.send(ByteBuffer.allocate(7), Checksum.of(ByteBuffer.allocate(7)), SOON);
        }
        await().until(() -> port.received() == 7L * all.length);
        assertThatThrownBy(() -> {
                    try (ContentConnection late = line()) {
                        late.send(read("n1", "f", 1), SOON);
                        late.frame(SOON);
                    }
                })
                .isInstanceOf(IOException.class);
        all[0].send(ContentEnd.getDefaultInstance().toByteArray(), SOON);
        assertThat(reply(all[0]).getPushed().getChunks()).isEqualTo(1);
    }

    /** Answers nothing until it is told to. */
    private static final class Held implements ContentHandler {
        private final CountDownLatch end = new CountDownLatch(1);
        private final AtomicInteger begun = new AtomicInteger();

        @Override
        public void answer(ContentRequest request, ServedConnection connection) throws IOException {
            begun.incrementAndGet();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            connection.put(ContentReply.newBuilder()
                    .setHeader(ReadHeader.getDefaultInstance())
                    .build());
        }

        @Override
        public String method() {
            return "read";
        }
    }

    @Test
    void oneAddressTakesThreeQuartersOfTheUsersPlacesAndNoMore() throws IOException {
        Held held = new Held();
        List<ContentConnection> busy = new ArrayList<>();
        try (ContentPort large = new ContentPort(
                        new NodeId("n1"),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        16,
                        Optional.empty(),
                        Optional.empty(),
                        threads,
                        (method, code) -> {});
                Socket elsewhere = new Socket()) {
            large.open(Map.of(WhatCase.READ, held));
            for (int i = 1; i <= 9; i++) {
                ContentConnection line =
                        new ContentConnection("127.0.0.1:1", large.port(), Optional.empty(), Optional.empty());
                busy.add(line);
                line.send(read("n1", "f", 1), SOON);
                int expected = i;
                await().until(() -> held.begun.get() == expected);
            }
            try (ContentConnection late =
                    new ContentConnection("127.0.0.1:1", large.port(), Optional.empty(), Optional.empty())) {
                late.send(read("n1", "f", 1), SOON);
                assertThatThrownBy(() -> late.frame(SOON)).isInstanceOf(IOException.class);
            }
            elsewhere.bind(new InetSocketAddress("127.0.0.2", 0));
            elsewhere.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), large.port()));
            ByteBuffer request = ByteBuffer.allocate(1000).put(ContentFrame.preface(false));
            ContentFrame.putMessage(request, read("n1", "f", 1));
            elsewhere.getOutputStream().write(request.array(), 0, request.position());
            await().until(() -> held.begun.get() == 10);
            held.end.countDown();
            assertThat(reply(busy.get(0)).hasHeader()).isTrue();
        } finally {
            held.end.countDown();
            busy.forEach(ContentConnection::close);
        }
    }

    @Test
    void whoDoesNotGreetGivesWay() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < MOST; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), port.port()));
            }
            await().until(() -> port.connections() == MOST);
            // A new connection has half a second to send its preface before it may be closed.
            await().ignoreExceptions().until(() -> {
                try (ContentConnection late = answered()) {
                    return late.quiet();
                }
            });
        } finally {
            for (Socket each : silent) {
                each.close();
            }
        }
    }

    @Test
    void aByteNowAndThenIsNoProgress() throws IOException {
        try (ContentConnection slow = line()) {
            slow.send(push(), SOON);
            for (int i = 0; i < 10; i++) {
                slow.send(ByteBuffer.allocate(7), Checksum.of(ByteBuffer.allocate(7)), SOON);
                pause();
            }
            assertThat(port.connections()).isEqualTo(1);
            port.sweep(Duration.ofMillis(200));
            await().until(() -> port.connections() == 0);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(30);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void afterARefusalBehindAnAnswerNothingMoreIsAnswered() throws IOException {
        try (ContentConnection line = line()) {
            line.send(read("n1", "late bug", 1), SOON);
            assertThat(reply(line).hasHeader()).isTrue();
            assertThat(bytes(line, ContentFrame.Kind.PIECE).remaining()).isEqualTo(1);
            await().until(() -> port.connections() == 0);
            assertThat(line.quiet()).isFalse();
        }
    }

    @Test
    void whoIsRefusedAndThenSaysNothingIsSweptToo() throws IOException {
        try (ContentConnection line = line()) {
            line.send(read("n1", "refused", 1), SOON);
            assertThat(reply(line).hasRefusal()).isTrue();
            await().until(() -> {
                port.sweep(Duration.ofMillis(10));
                return port.connections() == 0;
            });
        }
    }

    @Test
    void anAskerThatTakesNothingIsCutOff() throws Exception {
        try (ContentConnection slow = line()) {
            // More bytes than the kernel buffers.
            for (int i = 0; i < 40; i++) {
                slow.send(read("n1", "f", 1 << 20), SOON);
            }
            await().until(() -> {
                long before = port.sent();
                Thread.sleep(100);
                return port.sent() == before && before > 0;
            });
            port.sweep(Duration.ofMillis(50));
            await().until(() -> port.connections() == 0);
            assertThat(gone.getCount()).isZero();
        }
    }

    @Test
    void closingEndsThreadsThatWaitInTheMiddle() throws Exception {
        try (ContentConnection idle = line();
                ContentConnection sending = line()) {
            sending.send(push(), SOON);
            await().until(() -> port.connections() == 2);
            port.close();
            assertThat(port.connections()).isZero();
            assertThatThrownBy(() -> idle.frame(SOON)).isInstanceOf(IOException.class);
        }
        // The kernel may accept connections until the thread that waits for them has ended.
        await().untilAsserted(() -> assertThatThrownBy(() -> line().close()).isInstanceOf(IOException.class));
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsSetting() {
        assertThatThrownBy(() -> new ContentPort(
                        new NodeId("n2"),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port.port()),
                        MOST,
                        Optional.empty(),
                        Optional.empty(),
                        threads,
                        (method, code) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(":" + port.port())
                .hasMessageContaining("craq.node.content.port");
    }
}
