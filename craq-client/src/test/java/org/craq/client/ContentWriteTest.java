package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.WriteHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes over the content port, which the head has. */
class ContentWriteTest {
    private static final int LENGTH = 5 * Bytes.MIB + 7;

    @TempDir
    private Path folder;

    private FakeCluster cluster;
    private FakeNode head;
    private FakeContentPort port;
    private CraqClient client;
    private byte[] content;
    private Path file;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        head = cluster.node(1);
        port = new FakeContentPort(head.id, cluster.store);
        head.contentPort = port.port();
        client = cluster.client().operationTimeout(Duration.ofSeconds(2)).build();
        content = Bytes.random(LENGTH);
        file = Files.write(folder.resolve("source"), content);
    }

    @AfterEach
    void stop() {
        assertThat(cluster.store.breaches).isEmpty();
        client.close();
        port.close();
        cluster.close();
    }

    private void assertStored() {
        assertThat(cluster.store.content("f")).isEqualTo(content);
    }

    @Test
    void longContentGoesByThePortOnceTheHeadHasToldOfIt() throws IOException {
        client.put("f", file);
        client.put("f", new ByteArrayInputStream(content));
        assertStored();
        assertThat(port.writes).hasSize(2);
        assertThat(port.connections).hasSize(1);
        assertThat(head.received).hasValue(0);
        assertThat(head.abandoned).hasValue(1);
    }

    @Test
    void shortContentGoesByThePortOnceItIsKnown() throws IOException {
        putShort();
        assertThat(head.received).hasValue(content.length);
        assertThat(port.writes).isEmpty();
        putShort();
        client.put("f", new ByteArrayInputStream(content), PutOptions.defaults().withChunkSize(4096));
        assertStored();
        assertThat(port.writes).hasSize(2).noneMatch(WriteHeader::getAwaitsTurn);
        assertThat(port.connections).hasSize(1);
        assertThat(head.received).hasValue(content.length);
    }

    private void putShort() throws IOException {
        content = Bytes.random(64 << 10);
        client.put("f", new ByteArrayInputStream(content));
        assertStored();
    }

    @Test
    void aShortWriteWhoseReceiptIsLostIsOneVersion() throws IOException {
        putShort();
        port.losesReceipt = true;
        putShort();
        assertThat(client.versions("f", VersionOptions.all()).versions()).hasSize(2);
    }

    @Test
    void aShortWriteWhoseReceiptIsLostHasAnUnknownOutcomeWhenNobodyCanTell() throws IOException {
        putShort();
        port.losesReceipt = true;
        port.onLoss = () -> {
            port.close();
            cluster.nodes.forEach(FakeNode::close);
        };
        CraqException failure = catchThrowableOfType(CraqException.class, this::putShort);
        assertThat(failure.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    }

    @Test
    void metadataThatAreTooLongAreRefusedBeforeAnythingIsSent() throws IOException {
        putShort();
        PutOptions options = PutOptions.defaults().withUserMetadata(java.util.Map.of("k", "v".repeat(20_000)));
        long received = head.received.get();
        for (CraqException failure : List.of(
                catchThrowableOfType(
                        CraqException.class, () -> client.put("f", new ByteArrayInputStream(content), options)),
                catchThrowableOfType(CraqException.class, () -> client.put("f", file, options)))) {
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
        assertThat(port.writes).isEmpty();
        assertThat(head.received).hasValue(received);
    }

    @Test
    void aShortWriteFindsAnotherWayWhenThePortIsGone() throws IOException {
        putShort();
        putShort();
        port.close();
        putShort();
        assertThat(head.received).hasValue(2L * content.length);
        assertThat(client.versions("f", VersionOptions.all()).versions()).hasSize(2);
    }

    @Test
    void whatAShortWriteIsRefusedWithIsTold() throws IOException {
        putShort();
        port.refusals.add(ErrorCode.PRECONDITION_FAILED);
        CraqException failure = catchThrowableOfType(CraqException.class, this::putShort);
        assertThat(failure.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        putShort();
    }

    @Test
    void whatBreaksOffIsSentAgainUnderTheSameWriteId() throws IOException {
        port.breakWriteAfter = 2;
        Receipt receipt = client.put("f", file);
        assertStored();
        assertThat(receipt.length()).isEqualTo(LENGTH);
        assertThat(port.writes)
                .hasSize(2)
                .extracting(WriteHeader::getWriteId)
                .containsOnly(port.writes.get(0).getWriteId());
    }

    @Test
    void aLostReceiptIsAskedForAgainAndIsOneVersion() throws IOException {
        port.losesReceipt = true;
        Receipt receipt = client.put("f", file);
        assertThat(receipt.version()).isEqualTo(client.stat("f").version());
        assertThat(port.writes).hasSize(2);
        assertThat(client.versions("f", VersionOptions.all()).versions()).hasSize(1);
    }

    @Test
    void whatCantBeSentAgainHasAnUnknownOutcomeOnceAllWasSent() {
        byte[] longer = Bytes.random(CraqClient.REPLAY_BYTES + Bytes.MIB);
        port.losesReceipt = true;
        UUID id = UUID.randomUUID();
        CraqException failure = catchThrowableOfType(
                CraqException.class,
                () -> client.put(
                        "f",
                        new ByteArrayInputStream(longer),
                        PutOptions.defaults().withWriteId(id)));
        assertThat(failure.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
        assertThat(failure).hasMessageContaining(id.toString());
    }

    @Test
    void aRefusalInTheMiddleIsToldAsItIs() {
        port.refuseWriteAfter = 2;
        ByteArrayInputStream source = new ByteArrayInputStream(Bytes.random(40 * Bytes.MIB));
        CraqException failure = catchThrowableOfType(CraqException.class, () -> client.put("f", source));
        assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(failure).hasMessageContaining("scripted refusal");
        assertThat(source.available()).isGreaterThan(10 * Bytes.MIB);
    }

    @Test
    void aHeadThatIsNoneAnyMoreIsAskedForAnew() throws IOException {
        client.put("f", file);
        port.refusals.add(ErrorCode.NOT_HEAD);
        int questions = cluster.headQuestions.get();
        client.put("f", file);
        assertStored();
        assertThat(cluster.headQuestions.get()).isGreaterThan(questions);
        assertThat(port.writes).hasSize(3);
    }

    @Test
    void aPortThatCantBeReachedIsLeftAlone() throws IOException {
        port.close();
        client.put("f", file);
        client.put("f", file);
        assertStored();
        assertThat(head.received).hasValue(2L * LENGTH);
    }
}
