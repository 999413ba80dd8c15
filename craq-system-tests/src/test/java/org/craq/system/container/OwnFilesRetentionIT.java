package org.craq.system.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.RetentionTable;
import org.craq.node.store.ChunkLocation;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Of the store's own files one version is kept, however many are kept of users' files. Runs in the server. */
@ExtendWith(ArquillianExtension.class)
class OwnFilesRetentionIT {
    private static final ChainId CHAIN = new ChainId("c1");
    private static final int KEPT = 10;
    private static final int CHUNK = Content.MAX_CHUNK_SIZE;

    @Inject
    private Metadata metadata;

    @Inject
    private RetentionTable retention;

    @Inject
    private MetadataProbe probe;

    private final NodeId node = new NodeId("t" + UUID.randomUUID().toString().substring(0, 8));
    private final Incarnation life = new Incarnation(UUID.randomUUID());

    @Deployment
    static WebArchive node() {
        return NodeArchive.build().addClass(MetadataProbe.class);
    }

    @Test
    void aDeletedFileKeepsItsContentAndADeletedPartDoesNot() {
        metadata.begin(node, CHAIN, life);
        metadata.append(node, CHAIN, life, List.of(put(1, "file", 2), put(2, ".craq/uploads/x/0", 3)));
        metadata.append(node, CHAIN, life, List.of(delete(3, "file"), delete(4, ".craq/uploads/x/0")));
        assertEquals(5, probe.rows("chunk_metadata", node.value()));

        retention.giveUp(new RetentionTable.Owner(node, CHAIN, life), new Seq(4), KEPT, content -> false);

        assertEquals(2, probe.rows("chunk_metadata", node.value()));
    }

    private static Metadata.Stored put(long seq, String name, int chunks) {
        Content content = new Content(new ContentId(UUID.randomUUID()), CHUNK, (long) chunks * CHUNK, chunks);
        List<ChunkLocation> places = IntStream.range(0, chunks)
                .mapToObj(i -> new ChunkLocation("0000000000000001.segment", seq * CHUNK * 2000L + i, CHUNK, i))
                .toList();
        Operation put = new Operation.Put(new FileName(name), new WriteId(UUID.randomUUID()), content, "", Map.of());
        return new Metadata.Stored(
                new Entry(new Epoch(1), new Seq(seq), List.of(put), 1L), Map.of(content, places), Set.of());
    }

    private static Metadata.Stored delete(long seq, String name) {
        Operation delete = new Operation.Delete(new FileName(name), new WriteId(UUID.randomUUID()));
        return new Metadata.Stored(new Entry(new Epoch(1), new Seq(seq), List.of(delete), 1L), Map.of(), Set.of());
    }
}
