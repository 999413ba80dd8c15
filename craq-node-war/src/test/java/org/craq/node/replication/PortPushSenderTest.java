package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.node.content.ComingChunk;
import org.craq.node.content.ContentHandler;
import org.craq.node.content.ContentPort;
import org.craq.node.content.ServedConnection;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.content.Checksum;
import org.craq.wire.content.ChunkBuffers;
import org.craq.wire.content.ContentAddress;
import org.craq.wire.content.ContentConnection;
import org.craq.wire.content.ContentFrame;
import org.craq.wire.v1.ContentEnd;
import org.craq.wire.v1.ContentReply;
import org.craq.wire.v1.ContentRequest;
import org.craq.wire.v1.ContentRequest.WhatCase;
import org.craq.wire.v1.PushReply;
import org.craq.wire.v1.PushStart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PortPushSenderTest {
    private static final int MIB = 1 << 20;
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Successor successor = new Successor();
    private final ChunkBuffers memory = ChunkBuffers.direct(4);
    private final SuccessorSpace room = new SuccessorSpace(System::nanoTime);
    private ContentPort port;
    private PushConnections connections;

    @BeforeEach
    void start() throws IOException {
        port = openPort(successor);
        connections = new PushConnections(0, Optional.empty(), Optional.empty(), threads, memory);
    }

    private ContentPort openPort(ContentHandler pushes) throws IOException {
        ContentPort opened = new ContentPort(
                new NodeId("n2"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                8,
                Optional.empty(),
                Optional.empty(),
                threads,
                (method, code) -> {});
        opened.open(Map.of(WhatCase.PUSH, pushes));
        return opened;
    }

    @AfterEach
    void stop() {
        successor.go.countDown();
        connections.close();
        port.close();
        threads.shutdownNow();
    }

    /** A successor that keeps what it receives; it may stall, or refuse for lack of disk space. */
    private static final class Successor implements ContentHandler {
        final List<byte[]> whole = new CopyOnWriteArrayList<>();
        final List<String> broken = new CopyOnWriteArrayList<>();
        volatile int fullAfter = -1;
        CountDownLatch go = new CountDownLatch(0);

        @Override
        public void answer(ContentRequest request, ServedConnection connection) throws IOException {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            boolean done = false;
            try {
                ContentFrame frame = connection.frame();
                for (; frame.kind() == ContentFrame.Kind.PIECE; frame = connection.frame()) {
                    if (content.size() == fullAfter) {
                        throw new CraqException(ErrorCode.STORAGE_FULL, "no room at n3");
                    }
                    byte[] bytes = new byte[frame.length()];
                    connection.read(ByteBuffer.wrap(bytes));
                    assertThat(frame.fits(ByteBuffer.wrap(bytes))).isTrue();
                    content.writeBytes(bytes);
                    assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
                }
                connection.end(frame);
                done = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                if (done) {
                    whole.add(content.toByteArray());
                } else {
                    broken.add(request.getPush().getChunkId());
                }
            }
            connection.put(ContentReply.newBuilder()
                    .setPushed(PushReply.getDefaultInstance())
                    .build());
        }

        @Override
        public String method() {
            return "push";
        }
    }

    private static Member member() {
        return new Member(
                new NodeId("n2"),
                Incarnation.parse("00000000-0000-0000-0000-000000000001"),
                "127.0.0.1:1",
                "http://127.0.0.1:2",
                true);
    }

    /** Waits until the port has been tried; that connection then stays idle until a push takes it. */
    private void awaitReached() {
        await().until(() -> connections.reaches(member(), new ContentAddress(port.port(), Optional.empty())));
    }

    private PushSender push(int number) {
        connections.reaches(member(), new ContentAddress(number, Optional.empty()));
        return connections
                .push(member(), PushStart.newBuilder().setChunkId("content").build(), room)
                .orElseThrow();
    }

    private static void send(PushSender link, int index, byte[] chunk) {
        CountDownLatch ready = new CountDownLatch(1);
        link.whenReady(ready::countDown);
        try {
            assertThat(ready.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        byte[] lent = chunk.clone();
        link.send(index, ByteBuffer.wrap(lent), Checksum.of(ByteBuffer.wrap(lent)));
        // The caller may reuse the bytes.
        java.util.Arrays.fill(lent, (byte) 0);
    }

    private static byte[] chunk(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void chunksArriveWholeAndInOrderAndTheConnectionServesTheNextContent() {
        awaitReached();
        for (int content = 0; content < 3; content++) {
            PushSender link = push(port.port());
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            for (int i = 0; i < 5; i++) {
                byte[] chunk = chunk(i, i < 4 ? MIB : 77);
                send(link, i, chunk);
                sent.writeBytes(chunk);
            }
            link.complete();
            int due = content + 1;
            await().until(() -> successor.whole.size() == due);
            assertThat(successor.whole.get(content)).isEqualTo(sent.toByteArray());
            await().until(room::sure);
            assertThat(port.connections()).isEqualTo(1);
        }
    }

    @Test
    void aSuccessorThatStandsStillHoldsTheSenderBack() {
        successor.go = new CountDownLatch(1);
        PushSender link = push(port.port());
        int[] sent = new int[1];
        CountDownLatch[] ready = {new CountDownLatch(1)};
        for (link.whenReady(ready[0]::countDown); ready[0].getCount() == 0 && sent[0] < 64; sent[0]++) {
            byte[] chunk = chunk(1, MIB);
            link.send(sent[0], ByteBuffer.wrap(chunk), Checksum.of(ByteBuffer.wrap(chunk)));
            ready[0] = new CountDownLatch(1);
            link.whenReady(ready[0]::countDown);
            await().during(Duration.ofMillis(20)).until(() -> true);
        }
        // As many as the kernel buffers, and two more.
        assertThat(sent[0]).isLessThan(32);
        link.giveUp();
        assertThat(ready[0].getCount()).isZero();
        successor.go.countDown();
        await().until(() -> successor.broken.size() == 1);
        assertThat(link.refusal()).isEmpty();
    }

    @Test
    void noRoomFurtherDownIsHeardOf() {
        successor.fullAfter = 2 * MIB;
        PushSender link = push(port.port());
        for (int i = 0; i < 12; i++) {
            send(link, i, chunk(i, MIB));
        }
        await().until(() -> link.refusal().isPresent());
        assertThat(link.refusal().orElseThrow().code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(link.refusal().orElseThrow()).hasMessageContaining("no room at n3");
    }

    @Test
    void noRoomIsHeardOfBeforeAnythingMoreIsSent() {
        successor.fullAfter = 0;
        PushSender link = push(port.port());
        send(link, 0, chunk(1, MIB));
        await().until(() -> link.refusal().isPresent());
    }

    @Test
    void whatIsCancelledIsUndoneThere() {
        awaitReached();
        PushSender link = push(port.port());
        send(link, 0, chunk(1, MIB));
        link.cancel();
        await().until(() -> successor.broken.size() == 1);
        assertThat(successor.whole).isEmpty();
        assertThat(connections.reaches(member(), new ContentAddress(port.port(), Optional.empty())))
                .isTrue();
    }

    @Test
    void aSuccessorThatIsGoneIsPassedOver() {
        awaitReached();
        port.close();
        PushSender link = push(port.port());
        for (int i = 0; i < 20; i++) {
            send(link, i, chunk(i, MIB));
        }
        link.complete();
        assertThat(link.refusal()).isEmpty();
        await().until(() -> !connections.reaches(member(), new ContentAddress(port.port(), Optional.empty())));
    }

    @Test
    void aPortIsTriedBeforeItIsUsed() {
        assertThat(connections.reaches(member(), new ContentAddress(port.port(), Optional.empty())))
                .isFalse();
        awaitReached();
        PushSender link = push(port.port());
        send(link, 0, chunk(1, 10));
        link.complete();
        await().until(() -> successor.whole.size() == 1);
        assertThat(port.connections()).isEqualTo(1);
        port.close();
        // The kernel may accept connections until the accepting thread has ended.
        await().until(this::refuses);
        send(push(port.port()), 0, chunk(1, 10));
        await().until(() -> !connections.reaches(member(), new ContentAddress(port.port(), Optional.empty())));
        await().during(Duration.ofMillis(200))
                .until(() -> !connections.reaches(member(), new ContentAddress(port.port(), Optional.empty())));
    }

    private boolean refuses() throws IOException {
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
            return !connection.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }

    @Test
    void closingEndsWhatIsUnderWay() {
        awaitReached();
        successor.go = new CountDownLatch(1);
        PushSender link = push(port.port());
        send(link, 0, chunk(1, MIB));
        await().until(() -> port.received() > 0);
        connections.close();
        successor.go.countDown();
        await().until(() -> successor.broken.size() == 1);
    }

    /** A member between its predecessor and the successor, which forwards chunks as they arrive. */
    private final class Middle implements ContentHandler {
        final AtomicInteger failed = new AtomicInteger();

        @Override
        public void answer(ContentRequest request, ServedConnection connection) throws IOException {
            PushSender link = push(port.port());
            boolean whole = false;
            try {
                ContentFrame frame = connection.frame();
                for (; frame.kind() == ContentFrame.Kind.PIECE; frame = connection.frame()) {
                    try (ComingChunk chunk = new ComingChunk(memory, frame.length(), frame.crc32c())) {
                        assertThat(link.sendOn(chunk)).isTrue();
                        chunk.receive(connection, () -> {});
                        assertThat(frame.fits(chunk.bytes())).isTrue();
                    }
                }
                connection.end(frame);
                whole = true;
            } finally {
                if (whole) {
                    link.complete();
                } else {
                    failed.incrementAndGet();
                    link.cancel();
                }
            }
        }

        @Override
        public String method() {
            return "push";
        }
    }

    private interface Predecessor {
        void send(ContentConnection line) throws IOException;
    }

    private void throughTheMiddle(Middle middle, Predecessor predecessor) throws IOException {
        try (ContentPort second = openPort(middle);
                ContentConnection line =
                        new ContentConnection("127.0.0.1:1", second.port(), Optional.empty(), Optional.empty())) {
            line.send(
                    ContentRequest.newBuilder()
                            .setNodeId("n2")
                            .setPush(PushStart.newBuilder().setChunkId("content"))
                            .build()
                            .toByteArray(),
                    SOON);
            predecessor.send(line);
        }
    }

    @Test
    void aChunkGoesOnBeforeAllOfItHasCome() throws IOException {
        byte[] chunk = chunk(5, MIB);
        throughTheMiddle(new Middle(), line -> {
            line.announce(MIB, Checksum.of(ByteBuffer.wrap(chunk)));
            line.sendPart(ByteBuffer.wrap(chunk, 0, MIB / 2), SOON);
            await().until(() -> port.received() >= MIB / 2 - (64 << 10));
            assertThat(successor.whole).isEmpty();
            line.sendPart(ByteBuffer.wrap(chunk, MIB / 2, MIB / 2), SOON);
            line.send(ByteBuffer.wrap(chunk, 0, 100), Checksum.of(ByteBuffer.wrap(chunk, 0, 100)), SOON);
            line.send(ContentEnd.getDefaultInstance().toByteArray(), SOON);
            await().until(() -> successor.whole.size() == 1);
        });
        byte[] sent = java.util.Arrays.copyOf(chunk, MIB + 100);
        System.arraycopy(chunk, 0, sent, MIB, 100);
        assertThat(successor.whole.get(0)).isEqualTo(sent);
    }

    @Test
    void aChunkThatBreaksOffBreaksOffFurtherDown() throws IOException {
        Middle middle = new Middle();
        throughTheMiddle(middle, line -> {
            line.announce(MIB, 0);
            line.sendPart(ByteBuffer.wrap(chunk(6, MIB / 2)), SOON);
            await().until(() -> port.received() > 0);
            line.close();
            await().until(() -> successor.broken.size() == 1);
        });
        assertThat(middle.failed).hasValue(1);
        assertThat(successor.whole).isEmpty();
        assertThat(connections.reaches(member(), new ContentAddress(port.port(), Optional.empty())))
                .isTrue();
    }
}
