package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.ReadRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads over the content port, which the tail has; the tail is asked first. */
class ContentReadTest {
    private static final int LENGTH = 5 * Bytes.MIB + 7;

    private FakeCluster cluster;
    private FakeNode tail;
    private FakeContentPort port;
    private CraqClient client;
    private byte[] content;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        tail = cluster.node(3);
        port = new FakeContentPort(tail.id, cluster.store);
        tail.contentPort = port.port();
        client = cluster.client().build();
        content = Bytes.random(LENGTH);
        client.put("f", new ByteArrayInputStream(content));
    }

    @AfterEach
    void stop() {
        assertThat(cluster.store.breaches).isEmpty();
        client.close();
        port.close();
        cluster.close();
    }

    private byte[] read() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        client.get("f", out);
        return out.toByteArray();
    }

    @Test
    void longContentComesByThePortOnceANodeHasToldOfIt() throws IOException {
        assertThat(read()).isEqualTo(content);
        assertThat(tail.sent).hasValue(0);
        assertThat(tail.reads).hasSize(1);

        assertThat(read()).isEqualTo(content);
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        client.get("f", part, GetOptions.defaults().withRange(11, 22));

        assertThat(part.toByteArray()).isEqualTo(java.util.Arrays.copyOfRange(content, 11, 33));
        assertThat(tail.reads).hasSize(1);
        assertThat(port.reads).hasSize(3);
        assertThat(port.connections).hasSize(1);
    }

    @Test
    void shortContentComesWithTheFirstAnswer() throws IOException {
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        client.get("f", part, GetOptions.defaults().withRange(11, 22));
        assertThat(part.size()).isEqualTo(22);
        assertThat(port.reads).isEmpty();
    }

    @Test
    void whatFailsItsChecksumIsAskedOfTheSameNodeByGrpcWhichRepairsIt() throws IOException {
        port.damage = 2;
        assertThat(read()).isEqualTo(content);
        assertGrpcBroughtTheRest();
    }

    @Test
    void whatBreaksOffGoesOnByGrpc() throws IOException {
        port.breakAfter = 2;
        assertThat(read()).isEqualTo(content);
        assertGrpcBroughtTheRest();
    }

    private void assertGrpcBroughtTheRest() {
        ReadRequest rest = tail.reads.get(tail.reads.size() - 1);
        assertThat(rest.getOffset()).isEqualTo(2L * Bytes.MIB);
        assertThat(rest.getTakesElsewhere()).isFalse();
        assertThat(tail.sent).hasValue(LENGTH - 2 * Bytes.MIB);
        assertThat(cluster.node(2).reads).isEmpty();
    }

    @Test
    void whatTheNodeSaysOfAReadIsToldAsItIs() throws IOException {
        read();
        CraqException failure =
                catchThrowableOfType(CraqException.class, () -> client.get("none", OutputStream.nullOutputStream()));
        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(failure).hasMessageContaining("n3 (").hasMessageContaining("scripted refusal");
        assertThat(port.connections).hasSize(1);
        assertThat(read()).isEqualTo(content);
        assertThat(port.connections).hasSize(1);

        port.refuseAfter = 2;
        assertThat(catchThrowableOfType(CraqException.class, this::read).code()).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void aPortThatCantBeReachedIsLeftAlone() throws IOException {
        port.close();
        assertThat(read()).isEqualTo(content);
        assertThat(read()).isEqualTo(content);
        assertThat(tail.reads).extracting(ReadRequest::getTakesElsewhere).containsExactly(true, false, false);
    }

    @Test
    void aConnectionThatTheNodeHasEndedMakesRoomForAnother() throws IOException {
        port.oneAnswerEach = true;
        for (int i = 0; i < 4; i++) {
            assertThat(read()).isEqualTo(content);
        }
        assertThat(port.reads).hasSize(4);
        assertThat(tail.sent).hasValue(0);
    }

    @Test
    void aPortThatIsAnotherNodesByNowIsNotBelieved() throws IOException {
        read();
        port.close();
        try (FakeContentPort others = new FakeContentPort("n1", cluster.store)) {
            tail.contentPort = others.port();
            assertThat(read()).isEqualTo(content);
            assertThat(others.reads).isEmpty();
        }
    }

    @Test
    void aSilentNodeIsAvoided() throws IOException {
        port.silent = true;
        try (CraqClient impatient =
                cluster.client().progressTimeout(Duration.ofMillis(400)).build()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            impatient.get("f", out);
            assertThat(out.toByteArray()).isEqualTo(content);
        }
        assertThat(tail.sent).hasValue(0);
        assertThat(cluster.node(2).sent).hasValue(LENGTH);
    }

    @Test
    void aThreadThatIsInterruptedDoesNotWaitForThePort() throws InterruptedException {
        port.silent = true;
        CraqException[] failure = new CraqException[1];
        Thread reader = new Thread(
                () -> failure[0] = catchThrowableOfType(CraqException.class, this::read), "interrupted-reader");
        reader.start();
        await().until(() -> !port.reads.isEmpty());
        reader.interrupt();
        reader.join(5000);
        assertThat(reader.isAlive()).isFalse();
        assertThat(failure[0]).hasMessageContaining("interrupted");
    }

    @Test
    void theClientsEndEndsItsConnections() throws IOException {
        read();
        assertThat(port.connections).hasSize(1);
        client.close();
        await().until(port.connections::isEmpty);
    }
}
