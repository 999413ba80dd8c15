package org.craq.system.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.UserTransaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Found;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.craq.node.metadata.FileRecord;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.QuotaCounts;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metadata.StoredEntry;
import org.craq.node.store.ChunkLocation;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests the node's metadata inside the container: provider, transactions, batches, and former incarnations. Runs in the
 * server.
 */
@ExtendWith(ArquillianExtension.class)
class MetadataIT {
    private static final ChainId CHAIN = new ChainId("c1");
    private static final int CHUNK = Content.MAX_CHUNK_SIZE;

    @Inject
    private Metadata metadata;

    @Inject
    private QuotaCounts quotas;

    @Inject
    private MetadataProbe probe;

    @Inject
    private UserTransaction transaction;

    /** Each test uses a node of its own, so that tests do not see each other's rows. */
    private final NodeId node = new NodeId("t" + UUID.randomUUID().toString().substring(0, 8));

    private final Incarnation life = new Incarnation(UUID.randomUUID());

    @Deployment
    static WebArchive node() {
        return NodeArchive.build().addClass(MetadataProbe.class);
    }

    @BeforeEach
    void beginALife() {
        metadata.begin(new ReplicaLife(node, CHAIN, life));
    }

    @Test
    void theProviderIsEclipseLink() {
        assertTrue(probe.provider().startsWith("org.eclipse.persistence."), probe.provider());
    }

    @Test
    void aBatchIsReadBackAsItWasWritten() {
        List<StoredEntry> batch = List.of(stored(1, content(2)), stored(2, content(0)), stored(3, content(1)));

        metadata.append(new ReplicaLife(node, CHAIN, life), batch);

        assertEquals(new Seq(3), metadata.restore(node, CHAIN).last());
        assertEquals(
                batch.stream().map(StoredEntry::entry).toList(),
                metadata.entries(node, CHAIN, new Seq(1), new Seq(9), 100).entries());
        assertEquals(3, probe.rows("chunk_metadata", node.value()));
    }

    @Test
    void aBatchThatIsRepeatedIsWrittenOnce() {
        List<StoredEntry> batch = List.of(stored(1, content(2)), stored(2, content(1)));

        metadata.append(new ReplicaLife(node, CHAIN, life), batch);
        metadata.append(new ReplicaLife(node, CHAIN, life), batch);

        assertEquals(2, probe.rows("file_version", node.value()));
        assertEquals(3, probe.rows("chunk_metadata", node.value()));
    }

    @Test
    void aBatchThatFailsInTheMiddleLeavesNothing() {
        Content taken = content(1);
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(stored(1, taken)));

        // The last entry's chunk has the key of an existing one: the database refuses it after having accepted the
        // others.
        assertThrows(
                RuntimeException.class,
                () -> metadata.append(
                        new ReplicaLife(node, CHAIN, life),
                        List.of(stored(2, content(3)), stored(3, content(2)), stored(4, taken))));

        assertEquals(new Seq(1), metadata.restore(node, CHAIN).last());
        assertEquals(1, probe.rows("file_version", node.value()));
        assertEquals(1, probe.rows("chunk_metadata", node.value()));
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(stored(2, content(1))));
        assertEquals(new Seq(2), metadata.restore(node, CHAIN).last());
    }

    @Test
    void aThousandChunkRowsGoInFewStatements() {
        long statements = statements("chunk_metadata", List.of(stored(1, content(1000))));

        assertEquals(1000, probe.rows("chunk_metadata", node.value()));
        assertTrue(statements >= 1 && statements <= 20, statements + " statements for 1000 rows");
    }

    @Test
    void aFullBatchOfEntriesGoesInFewStatements() {
        long statements = statements("file_version", fullBatch());

        assertEquals(256, probe.rows("file_version", node.value()));
        assertTrue(statements >= 1 && statements <= 8, statements + " statements for 256 rows");
    }

    @Test
    void aBatchIsOneTransaction() {
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(stored(1, content(1))));
        metadata.append(new ReplicaLife(node, CHAIN, life), fullBatch().subList(1, 256));

        assertEquals(1, transactions("seq > 1"));
        assertEquals(2, transactions("seq > 0"));
    }

    @Test
    void anEpochThatBeginsInABatchIsRecordedOnce() {
        metadata.append(
                new ReplicaLife(node, CHAIN, life), List.of(stored(1, content(1)), inEpoch(3, stored(2, content(1)))));
        metadata.append(
                new ReplicaLife(node, CHAIN, life),
                List.of(inEpoch(3, stored(3, content(0))), inEpoch(5, stored(4, content(0)))));

        assertEquals(
                List.of(start(1, 1), start(3, 2), start(5, 4)),
                metadata.restore(node, CHAIN).epochs());
    }

    @Test
    void ofABatchThatIsKnownInPartTheRestIsWritten() {
        List<StoredEntry> batch = fullBatch();
        metadata.append(new ReplicaLife(node, CHAIN, life), batch.subList(0, 100));
        metadata.append(new ReplicaLife(node, CHAIN, life), batch);

        assertEquals(256, probe.rows("file_version", node.value()));
        assertEquals(new Seq(256), metadata.restore(node, CHAIN).last());
    }

    /**
     * Returns the number of transactions that wrote the rows of these entries and of their chunks, and how far the log
     * extends.
     */
    private long transactions(String entries) {
        String ours = " WHERE node_id = '" + node + "'";
        return probe.number("SELECT count(DISTINCT writer) FROM (SELECT xmin::text AS writer FROM file_version" + ours
                + " AND " + entries + " UNION SELECT xmin::text FROM chunk_metadata" + ours + " AND " + entries
                + " UNION SELECT xmin::text FROM replica_state" + ours + ") AS rows");
    }

    /** Returns the number of inserts that the database executes for a batch. */
    private long statements(String table, List<StoredEntry> batch) {
        probe.execute(
                "CREATE TABLE statements_seen (node_id TEXT)",
                "CREATE FUNCTION note_statement() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN INSERT INTO statements_seen VALUES (''" + node + "''); RETURN NULL; END'",
                "CREATE TRIGGER note_statements AFTER INSERT ON " + table
                        + " FOR EACH STATEMENT EXECUTE FUNCTION note_statement()");
        try {
            metadata.append(new ReplicaLife(node, CHAIN, life), batch);
            return probe.rows("statements_seen", node.value());
        } finally {
            probe.execute(
                    "DROP TRIGGER note_statements ON " + table,
                    "DROP FUNCTION note_statement()",
                    "DROP TABLE statements_seen");
        }
    }

    private static List<StoredEntry> fullBatch() {
        return LongStream.rangeClosed(1, 256)
                .mapToObj(seq -> stored(seq, content(1)))
                .toList();
    }

    @Test
    void aFormerLifeWritesNoMore() {
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(stored(1, content(1))));
        metadata.begin(new ReplicaLife(node, CHAIN, new Incarnation(UUID.randomUUID())));

        assertFenced(() -> metadata.append(new ReplicaLife(node, CHAIN, life), List.of(stored(2, content(2)))));
        assertFenced(() -> metadata.truncate(new ReplicaLife(node, CHAIN, life), Seq.NONE));
        assertFenced(() -> metadata.markClean(new ReplicaLife(node, CHAIN, life), new Seq(1)));

        assertEquals(new Seq(1), metadata.restore(node, CHAIN).last());
        assertEquals(1, probe.rows("file_version", node.value()));
        assertEquals(1, probe.rows("chunk_metadata", node.value()));
    }

    @Test
    void aTransactionThatBeganInAFormerLifeIsNotCommittedInTheNextOne() throws Exception {
        transaction.begin();
        try {
            // Reads its own incarnation as the current one, and keeps it in the persistence context.
            metadata.restore(node, CHAIN);
            probe.elsewhere(() -> metadata.begin(new ReplicaLife(node, CHAIN, new Incarnation(UUID.randomUUID()))));

            assertFenced(() -> metadata.append(new ReplicaLife(node, CHAIN, life), List.of(stored(1, content(2)))));

            assertEquals(Status.STATUS_MARKED_ROLLBACK, transaction.getStatus());
        } finally {
            transaction.rollback();
        }
        assertEquals(Seq.NONE, metadata.restore(node, CHAIN).last());
        assertEquals(0, probe.rows("file_version", node.value()));
        assertEquals(0, probe.rows("chunk_metadata", node.value()));
    }

    @Test
    void theStateOfChunksFollowsTheCommitMark() {
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(stored(1, content(2)), stored(2, content(3))));

        metadata.markClean(new ReplicaLife(node, CHAIN, life), new Seq(1));

        assertEquals(2, clean());
        assertEquals(new Seq(1), metadata.restore(node, CHAIN).commit());
        metadata.markClean(new ReplicaLife(node, CHAIN, life), new Seq(99));
        assertEquals(5, clean());
        assertEquals(new Seq(2), metadata.restore(node, CHAIN).commit());
    }

    @Test
    void nothingAboveTheCutIsLeft() {
        metadata.append(
                new ReplicaLife(node, CHAIN, life),
                List.of(stored(1, content(2)), stored(2, content(3)), stored(3, content(1))));

        metadata.truncate(new ReplicaLife(node, CHAIN, life), new Seq(1));

        assertEquals(new Seq(1), metadata.restore(node, CHAIN).last());
        assertEquals(1, probe.rows("file_version", node.value()));
        assertEquals(2, probe.rows("chunk_metadata", node.value()));
        assertFalse(
                metadata.newest(node, CHAIN, new FileName("file-1"), new Seq(9)).isEmpty());
        assertTrue(
                metadata.newest(node, CHAIN, new FileName("file-2"), new Seq(9)).isEmpty());
    }

    @Test
    void looksForSeveralWritesFindForEachItsOwn() {
        StoredEntry first = asked(stored(1, content(1)), new Fingerprint(Long.MIN_VALUE));
        StoredEntry again = entry(3, new Operation.Put(name(1), newId(), content(0), "", Map.of()));
        StoredEntry deleted = entry(4, new Operation.Delete(name(2), newId()));
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(first, stored(2, content(2)), again, deleted));
        Operation repeated = first.entry().operations().get(0);

        List<Found> found = metadata.find(
                node,
                CHAIN,
                List.of(
                        new Effect.LookUp(1, repeated.writeId(), List.of(name(1))),
                        new Effect.LookUp(2, newId(), List.of(name(2), name(9))),
                        new Effect.LookUp(3, newId(), List.of(name(9)))));

        assertEquals(
                List.of(
                        new Found(Optional.of(first.entry()), Map.of(name(1), new Found.Newest(version(3), false, 1))),
                        new Found(Optional.empty(), Map.of(name(2), new Found.Newest(version(4), true, 1))),
                        Found.NOTHING),
                found);
    }

    /** Returns the same entry with the fingerprint of a request. */
    private static StoredEntry asked(StoredEntry stored, Fingerprint request) {
        Entry entry = stored.entry();
        return new StoredEntry(
                new Entry(
                        entry.epoch(), entry.seq(), entry.operations(), entry.createdAtMillis(), Optional.of(request)),
                stored.chunks(),
                stored.pruned());
    }

    @Test
    void aLookForAWriteWithoutConditionsAsksForNoFile() {
        StoredEntry stored = stored(1, content(1));
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(stored));
        WriteId known = stored.entry().operations().get(0).writeId();

        List<Found> found = metadata.find(
                node, CHAIN, List.of(new Effect.LookUp(1, newId(), List.of()), new Effect.LookUp(2, known, List.of())));

        assertEquals(Found.NOTHING, found.get(0));
        assertEquals(Optional.of(version(1)), found.get(1).former().map(Entry::version));
    }

    @Test
    void aPageOfAListIsFullAlsoWhereMostFilesHaveBeenDeleted() {
        // Names are file-1 to file-60; multiples of ten are written twice, the others are deleted.
        List<StoredEntry> puts = IntStream.rangeClosed(1, 60)
                .mapToObj(i -> stored(i, content(0)))
                .toList();
        metadata.append(new ReplicaLife(node, CHAIN, life), puts);
        metadata.append(
                new ReplicaLife(node, CHAIN, life),
                IntStream.rangeClosed(1, 60)
                        .mapToObj(i -> i % 10 == 0
                                ? entry(60 + i, new Operation.Put(name(i), newId(), content(0), "", Map.of()))
                                : entry(60 + i, new Operation.Delete(name(i), newId())))
                        .toList());

        assertEquals(List.of("file-10", "file-20", "file-30"), names("file-", "", 3, 120));
        assertEquals(List.of("file-30", "file-40", "file-50", "file-60"), names("file-", "file-20", 9, 120));
        assertEquals(List.of("file-50"), names("file-5", "", 9, 120));
        assertEquals(List.of(), names("file-7", "", 9, 120));
        assertEquals(60, names("file-", "", 100, 60).size());
        assertEquals(
                List.of(version(70)),
                metadata.list(node, CHAIN, "file-10", "", 1, new Seq(120)).stream()
                        .map(FileRecord::version)
                        .toList());
    }

    private List<String> names(String prefix, String after, int limit, long mark) {
        return metadata.list(node, CHAIN, prefix, after, limit, new Seq(mark)).stream()
                .map(file -> file.name().value())
                .toList();
    }

    private long clean() {
        return probe.number("SELECT count(*) FROM chunk_metadata WHERE state = 'CLEAN' AND node_id = '" + node + "'");
    }

    private static void assertFenced(org.junit.jupiter.api.function.Executable step) {
        assertEquals(ErrorCode.FENCED, assertThrows(CraqException.class, step).code());
    }

    @Test
    void eachContentUnderAPrefixCountsOnce() {
        Content first = content(1);
        Content second = content(2);
        Content third = content(4);
        Body both = new Body(List.of(first, third), 7);
        metadata.append(
                new ReplicaLife(node, CHAIN, life),
                List.of(
                        put(1, "a/x", Body.of(first), first),
                        put(2, "b/y", Body.of(second), second),
                        put(3, "a/copy", Body.of(first)),
                        put(4, "a/copy of b", Body.of(second)),
                        put(5, "a/x", both, third),
                        put(6, "a0", Body.of(content(0))),
                        put(7, ".craq/own", Body.of(content(0))),
                        entry(8, new Operation.Delete(new FileName("a/copy"), newId()))));

        assertEquals(7L * CHUNK, bytes("a/", 0, 8));
        assertEquals(1L * CHUNK, bytes("a/", 0, 3));
        assertEquals(5L * CHUNK, bytes("a/", 4, 8));
        assertEquals(2L * CHUNK, bytes("b/", 0, 8));
        assertEquals(7L * CHUNK, bytes("", 0, 8));
        assertEquals(0, bytes("c/", 0, 8));
        assertEquals(5, quotas.versions(stretch(0, 8), "a/"));
        assertEquals(2, quotas.versions(stretch(5, 8), "a"));
        assertEquals(7, quotas.versions(stretch(0, 8), ""));
        probe.execute("UPDATE file_version SET pruned = TRUE WHERE node_id = '" + node.value() + "' AND seq = 4");
        assertEquals(5L * CHUNK, bytes("a/", 0, 8));
    }

    @Test
    void theStoresOwnFilesCountByTheBeginningsOfTheirNames() {
        metadata.append(
                new ReplicaLife(node, CHAIN, life),
                List.of(
                        put(1, ".craq/u/1", 0),
                        put(2, ".craq/u/1/0", 1),
                        put(3, ".craq/u/1/1", 2),
                        put(4, ".craq/u/2", 0),
                        put(5, ".craq/u/2/0", 4)));

        assertEquals(
                Map.of(".craq/u/1", 3L * CHUNK, ".craq/u/2", 4L * CHUNK),
                quotas.bytesByBeginning(stretch(0, 5), ".craq/u/", 9));
        assertEquals(Map.of(".craq/u/1", 2L * CHUNK), quotas.bytesByBeginning(stretch(2, 4), ".craq/u/", 9));
        assertEquals(
                List.of(".craq/u/1", ".craq/u/2"),
                quotas.files(node, CHAIN, ".craq/u/", 9).stream()
                        .map(file -> file.name().value())
                        .sorted()
                        .toList());
    }

    private QuotaCounts.Stretch stretch(long above, long upTo) {
        return new QuotaCounts.Stretch(node, CHAIN, new Seq(above), new Seq(upTo));
    }

    private long bytes(String prefix, long above, long upTo) {
        return quotas.bytes(stretch(above, upTo), prefix);
    }

    private static StoredEntry put(long seq, String name, int chunks) {
        Content content = content(chunks);
        return put(seq, name, Body.of(content), content);
    }

    /** Returns an entry that puts a body, with the chunks of those contents that it brings. */
    private static StoredEntry put(long seq, String name, Body body, Content... brought) {
        Operation put = new Operation.Put(new FileName(name), newId(), body, "", Map.of());
        Map<Content, List<ChunkLocation>> chunks = new HashMap<>();
        for (Content content : brought) {
            chunks.put(content, stored(seq, content).chunks().get(content));
        }
        return new StoredEntry(entry(seq, put).entry(), chunks, Set.of());
    }

    private static Content content(int chunks) {
        return new Content(new ContentId(UUID.randomUUID()), CHUNK, (long) chunks * CHUNK, chunks);
    }

    private static EpochTable.Start start(long epoch, long first) {
        return new EpochTable.Start(new Epoch(epoch), new Seq(first));
    }

    private static StoredEntry inEpoch(long epoch, StoredEntry stored) {
        Entry entry = stored.entry();
        return new StoredEntry(
                new Entry(new Epoch(epoch), entry.seq(), entry.operations(), entry.createdAtMillis()),
                stored.chunks(),
                stored.pruned());
    }

    /** Returns an entry that puts a content, with its chunks in one run. */
    private static StoredEntry stored(long seq, Content content) {
        Operation put = new Operation.Put(name(seq), newId(), content, "text/plain", Map.of("key", "value of " + seq));
        List<ChunkLocation> chunks = IntStream.range(0, content.chunks())
                .mapToObj(i -> new ChunkLocation("0000000000000001.segment", seq * CHUNK * 2000L + i, CHUNK, i))
                .toList();
        return new StoredEntry(entry(seq, put).entry(), Map.of(content, chunks), Set.of());
    }

    private static StoredEntry entry(long seq, Operation operation) {
        return new StoredEntry(new Entry(new Epoch(1), new Seq(seq), List.of(operation), 1L), Map.of(), Set.of());
    }

    private static FileName name(long seq) {
        return new FileName("file-" + seq);
    }

    private static WriteId newId() {
        return new WriteId(UUID.randomUUID());
    }

    private static Version version(long seq) {
        return new Version(new Epoch(1), new Seq(seq));
    }
}
