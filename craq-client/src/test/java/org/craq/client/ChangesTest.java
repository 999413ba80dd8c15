package org.craq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.ChangeRequest;
import org.craq.wire.v1.CopyStep;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangesTest {
    private FakeCluster cluster;
    private CraqClient client;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        client = cluster.client().build();
        client.put("a", new ByteArrayInputStream(new byte[] {1, 2}));
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private ChangeRequest sent() {
        List<ChangeRequest> changes = cluster.node(1).changes;
        return changes.get(changes.size() - 1);
    }

    @Test
    void aCopySaysWhatItsOptionsSay() {
        UUID id = UUID.randomUUID();
        Receipt receipt = client.copy(
                "a",
                "b",
                CopyOptions.defaults()
                        .withSourceVersion(new FileVersion(FakeStore.EPOCH, 1))
                        .withLabels("text/plain", Map.of("k", "v"))
                        .ifVersion(new FileVersion(2, 7))
                        .withWriteId(id));
        assertThat(receipt.name()).isEqualTo("b");
        assertThat(receipt.length()).isEqualTo(2);
        CopyStep copy = sent().getSteps(0).getCopy();
        assertThat(sent().getWriteId()).isEqualTo(id.toString());
        assertThat(copy.getSource()).isEqualTo("a");
        assertThat(copy.getSourceVersion().getSeq()).isEqualTo(1);
        assertThat(copy.getRemovesSource()).isFalse();
        assertThat(copy.getLabels().getContentType()).isEqualTo("text/plain");
        assertThat(copy.getLabels().getUserMetadataMap()).isEqualTo(Map.of("k", "v"));
        assertThat(copy.getPrecondition().getIfVersion().getSeq()).isEqualTo(7);
        client.copy("a", "c", CopyOptions.defaults().ifAbsent());
        assertThat(sent().getSteps(0).getCopy().hasLabels()).isFalse();
        assertThat(sent().getSteps(0).getCopy().hasSourceVersion()).isFalse();
        assertThat(sent().getSteps(0).getCopy().getPrecondition().getIfAbsent()).isTrue();
    }

    @Test
    void aMoveWhoseReceiptIsLostIsRepeatedUnderTheSameWriteId() {
        cluster.node(1).receiptsToLose.set(1);
        assertThat(client.move("a", "b").name()).isEqualTo("b");
        assertThat(cluster.node(1).changes).hasSize(2);
        assertThat(cluster.node(1).changes)
                .extracting(ChangeRequest::getWriteId)
                .containsOnly(sent().getWriteId());
        assertThat(sent().getSteps(0).getCopy().getRemovesSource()).isTrue();
        assertThatThrownBy(() -> client.move("a", "b"))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    void aTransactionSendsItsStepsInTheirOrder() throws IOException {
        client.put("old", new ByteArrayInputStream(new byte[0]));
        List<Receipt> receipts = client.transaction()
                .check("lock", new Precondition.IfAbsent())
                .check("a", new Precondition.IfPresent())
                .copy("a", "b")
                .delete("old", DeleteOptions.defaults().ifVersion(new FileVersion(3, 2)))
                .move("a", "c")
                .commit();
        assertThat(receipts).extracting(Receipt::name).containsExactly("b", "old", "c");
        assertThat(sent().getSteps(0).getCheck().getPrecondition().getIfAbsent())
                .isTrue();
        assertThat(sent().getSteps(1).getCheck().getPrecondition().getIfPresent())
                .isTrue();
        assertThat(sent().getSteps(3)
                        .getDelete()
                        .getPrecondition()
                        .getIfVersion()
                        .getSeq())
                .isEqualTo(2);
    }

    @Test
    void aTransactionDeletesNoOldVersions() {
        DeleteOptions old = DeleteOptions.defaults().withVersion(new FileVersion(3, 2));
        assertThatThrownBy(() -> client.transaction().delete("old", old))
                .isInstanceOf(CraqException.class)
                .hasMessageContaining("'old'");
    }

    @Test
    void namesAreCheckedHere() {
        assertThatThrownBy(() -> client.copy("", "b")).isInstanceOf(CraqException.class);
        assertThatThrownBy(() -> client.copy("a", "")).isInstanceOf(CraqException.class);
        assertThatThrownBy(() -> client.transaction().delete("")).isInstanceOf(CraqException.class);
    }
}
