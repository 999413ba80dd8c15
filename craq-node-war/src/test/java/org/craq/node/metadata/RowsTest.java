package org.craq.node.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.junit.jupiter.api.Test;

class RowsTest {
    private static final NodeId NODE = new NodeId("n1");
    private static final ChainId CHAIN = new ChainId("c1");

    private static Operation.Put put(String name) {
        Content content = new Content(new ContentId(UUID.randomUUID()), 4096, 10_000, 0xCAFEBABE);
        return new Operation.Put(
                new FileName(name),
                new WriteId(UUID.randomUUID()),
                content,
                "text/plain",
                Map.of("key \"quoted\"", "värde\n"));
    }

    @Test
    void entriesComeBackFromTheirRowsAsTheyWere() {
        Entry one = new Entry(
                new Epoch(1),
                new Seq(1),
                List.of(put("a"), new Operation.Delete(new FileName("b"), new WriteId(UUID.randomUUID()))),
                1234,
                Optional.of(new Fingerprint(-7)));
        Entry two = new Entry(new Epoch(2), new Seq(2), List.of(put("a")), 5678);
        List<FileVersionRow> rows = List.of(
                Rows.row(NODE, CHAIN, one, one.operations().get(0)),
                Rows.row(NODE, CHAIN, one, one.operations().get(1)),
                Rows.row(NODE, CHAIN, two, two.operations().get(0)));
        assertThat(Rows.entries(rows)).containsExactly(one, two);
    }

    @Test
    void aTombstoneHasNoContent() {
        Entry delete = new Entry(
                new Epoch(1),
                new Seq(9),
                List.of(new Operation.Delete(new FileName("b"), new WriteId(UUID.randomUUID()))),
                1);
        FileRecord file =
                Rows.record(Rows.row(NODE, CHAIN, delete, delete.operations().get(0)));
        assertThat(file.tombstone()).isTrue();
        assertThat(file.version().toString()).isEqualTo("1-9");
    }
}
