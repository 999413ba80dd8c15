package org.craq.system.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
import org.craq.node.metadata.ChunkTable;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metadata.StoredEntry;
import org.craq.node.store.ChunkIndex;
import org.craq.node.store.ChunkLocation;
import org.craq.node.store.DatabaseView;
import org.craq.node.store.StoredChunk;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests the database operations of compaction, scrub and repair inside the container. Runs in the server. */
@ExtendWith(ArquillianExtension.class)
class ChunkTableIT {
    private static final ChainId CHAIN = new ChainId("c1");
    private static final int HEADER = 40;
    private static final int LENGTH = 100;
    private static final int RECORD = HEADER + LENGTH;

    @Inject
    private Metadata metadata;

    @Inject
    private ChunkTable chunks;

    /** Each test uses a node of its own, so that tests do not see each other's rows. */
    private final NodeId node = new NodeId("t" + UUID.randomUUID().toString().substring(0, 8));

    private final Incarnation life = new Incarnation(UUID.randomUUID());
    private final Content content =
            new Content(new ContentId(UUID.randomUUID()), Content.MIN_CHUNK_SIZE, 4L * Content.MIN_CHUNK_SIZE, 7);

    @Deployment
    static WebArchive node() {
        return NodeArchive.build();
    }

    /** Records three chunks in one segment and one in the next. */
    @BeforeEach
    void recordFourChunks() {
        metadata.begin(new ReplicaLife(node, CHAIN, life));
        Operation put = new Operation.Put(
                new FileName("file"), new WriteId(UUID.randomUUID()), content, "text/plain", Map.of());
        metadata.append(
                new ReplicaLife(node, CHAIN, life),
                List.of(new StoredEntry(
                        new Entry(new Epoch(1), new Seq(1), List.of(put), 0),
                        Map.of(content, List.of(place("a", 0), place("a", 1), place("a", 2), place("b", 0))),
                        Set.of())));
    }

    private static ChunkLocation place(String segment, int number) {
        return new ChunkLocation(segment, (long) number * RECORD, LENGTH, number);
    }

    private StoredChunk chunk(int index, ChunkLocation location) {
        return new StoredChunk(CHAIN, content.id(), index, location);
    }

    @Test
    void segmentsAreSummedUpAndPaged() {
        assertEquals(new ChunkIndex.Live(3, 3L * LENGTH), chunks.live(node, "a"));
        assertEquals(new ChunkIndex.Live(0, 0), chunks.live(node, "c"));
        assertEquals(Map.of("a", 3L * RECORD, "b", (long) RECORD), chunks.segmentEnds(node, HEADER));
        assertEquals(Map.of(), chunks.segmentEnds(new NodeId("nobody"), HEADER));
        assertEquals(
                List.of(chunk(1, place("a", 1)), chunk(2, place("a", 2))), chunks.chunksOf(node, "a", RECORD - 1, 9));
        assertEquals(List.of(chunk(0, place("a", 0))), chunks.chunksOf(node, "a", 0, 1));
        assertEquals(Optional.of("a"), chunks.segmentAfter(node, ""));
        assertEquals(Optional.of("b"), chunks.segmentAfter(node, "a"));
        assertEquals(Optional.empty(), chunks.segmentAfter(node, "b"));
        assertEquals(Optional.of(chunk(3, place("b", 0))), chunks.find(node, content.id(), 3));
        assertEquals(Optional.empty(), chunks.find(node, content.id(), 4));
    }

    @Test
    void onlyWhatStillLiesInItsOldPlaceIsMoved() {
        ChunkIndex.Move move = new ChunkIndex.Move(chunk(1, place("a", 1)), place("c", 0));
        assertEquals(1, chunks.move(node, life, List.of(move)));
        assertEquals(Optional.of("c"), chunks.find(node, content.id(), 1).map(found -> found.location()
                .segment()));
        assertEquals(0, chunks.move(node, life, List.of(move)));
    }

    @Test
    void everyChangeCountsAndTheHistoryIsTheNodesOwn() {
        assertEquals(new DatabaseView(Optional.empty(), 0, false), chunks.view(new NodeId("nobody")));
        DatabaseView recorded = chunks.view(node);
        assertEquals(Optional.empty(), recorded.history());
        assertTrue(recorded.holdsLog());
        assertTrue(recorded.changes() > 0);

        UUID history = UUID.randomUUID();
        chunks.adopt(node, UUID.randomUUID());
        chunks.adopt(node, history);
        assertEquals(new DatabaseView(Optional.of(history), recorded.changes(), true), chunks.view(node));

        chunks.move(node, life, List.of(new ChunkIndex.Move(chunk(1, place("a", 1)), place("c", 0))));
        long moved = chunks.view(node).changes();
        assertTrue(moved > recorded.changes());
        metadata.truncate(new ReplicaLife(node, CHAIN, life), Seq.NONE);
        assertTrue(chunks.view(node).changes() > moved, "also when the log falls back");
    }

    @Test
    void aFormerLifeMovesNothing() {
        chunks.fence(node);
        ChunkIndex.Move move = new ChunkIndex.Move(chunk(1, place("a", 1)), place("c", 0));
        CraqException refused = assertThrows(CraqException.class, () -> chunks.move(node, life, List.of(move)));
        assertEquals(ErrorCode.FENCED, refused.code());
        CraqException append = assertThrows(
                CraqException.class, () -> metadata.truncate(new ReplicaLife(node, CHAIN, life), Seq.NONE));
        assertEquals(ErrorCode.FENCED, append.code());
        assertEquals(Optional.of(chunk(1, place("a", 1))), chunks.find(node, content.id(), 1));
    }
}
