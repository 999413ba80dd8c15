package org.craq.system.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import org.craq.core.replica.Entry;
import org.craq.core.replica.LogBase;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.craq.node.metadata.CleanState;
import org.craq.node.metadata.DeletedVersion;
import org.craq.node.metadata.FileRecord;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.Outdated;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metadata.RetentionTable;
import org.craq.node.metadata.StoredEntry;
import org.craq.node.store.ChunkLocation;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests which contents are pruned and which entries are forgotten. Runs in the server. */
@ExtendWith(ArquillianExtension.class)
class RetentionTableIT {
    private static final ChainId CHAIN = new ChainId("c1");
    private static final int KEPT = 10;
    private static final int CHUNK = Content.MAX_CHUNK_SIZE;

    @Inject
    private Metadata metadata;

    @Inject
    private RetentionTable retention;

    @Inject
    private CleanState state;

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
        metadata.begin(new ReplicaLife(node, CHAIN, life));
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(put(1, "file", 2), put(2, ".craq/uploads/x/0", 3)));
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(delete(3, "file"), delete(4, ".craq/uploads/x/0")));
        assertEquals(5, probe.rows("chunk_metadata", node.value()));

        giveUp(new ReplicaLife(node, CHAIN, life), 4, KEPT, content -> false);

        assertEquals(2, probe.rows("chunk_metadata", node.value()));
        assertEquals(
                2,
                probe.number("SELECT count(*) FROM file_version WHERE NOT pruned AND node_id = '" + node + "'"),
                "what lists pass: the file and its tombstone, and nothing of the part");
    }

    private void giveUp(ReplicaLife owner, long upTo, int keep, Predicate<ContentId> held) {
        RetentionTable.Surplus surplus;
        do {
            surplus = retention.surplus(owner, new Seq(upTo), keep);
            assertTrue(retention.giveUp(owner, surplus, held));
        } while (surplus.done().value() < upTo);
    }

    private Seq forget(ReplicaLife owner, Seq upTo, int keep, Predicate<ContentId> held) {
        Outdated outdated = retention.outdated(owner, upTo, keep);
        assertTrue(retention.forget(owner, outdated, held));
        return outdated.to();
    }

    /**
     * Applies puts, copies, deletions of files and versions, pruning, forgetting and readers in random order: a content
     * lives exactly as long as a version has it.
     */
    @Test
    void aContentGoesWithTheLastVersionThatHasIt() {
        for (int seed = 0; seed < 12; seed++) {
            NodeId member = new NodeId("r" + UUID.randomUUID().toString().substring(0, 8));
            new History(member, new Random(seed)).run("seed " + seed);
        }
    }

    private final class History {
        private static final int STEPS = 60;

        private final NodeId member;
        private final Random random;
        private final ReplicaLife owner;
        /** Contents that may be copied, by the position of a version that has them. */
        private final Map<Long, Content> copyable = new HashMap<>();

        private final Set<ContentId> held = new HashSet<>();
        /** Names of the versions that were put, by position. */
        private final Map<Long, String> versions = new HashMap<>();
        /** Positions of versions that were deleted individually, by the position of the note that records it. */
        private final Map<Long, Long> deleted = new TreeMap<>();

        private long last;
        private long clean;
        private long noted;
        private long forgotten;

        History(NodeId member, Random random) {
            this.member = member;
            this.random = random;
            this.owner = new ReplicaLife(member, CHAIN, life);
        }

        void run(String what) {
            metadata.begin(new ReplicaLife(member, CHAIN, life));
            for (int i = 0; i < STEPS; i++) {
                step();
                assertEquals(0, missing(), what + ", step " + i + ": versions without their content");
                assertEquals(0, leaked(), what + ", step " + i + ": contents without a version");
                assertEquals(0, undead(), what + ", step " + i + ": deleted versions that are kept");
                assertEquals(0, forgivenTooEarly(), what + ", step " + i + ": versions without their notes");
                assertEquals(0, needless(), what + ", step " + i + ": notes without their versions");
            }
        }

        private void step() {
            String name = "file " + random.nextInt(4);
            switch (random.nextInt(14)) {
                case 12, 13 -> deleteVersion();
                case 0, 1 -> {
                    append(put(++last, name, 2));
                    versions.put(last, name);
                }
                case 2, 3, 4 -> copy(name);
                case 9, 10, 11 -> join(name);
                case 5 -> append(delete(++last, random.nextBoolean() ? name : name + " again"));
                case 6 -> {
                    clean = last;
                    giveUp(owner, clean, 2, held::contains);
                    assertEquals(held, metadata.recorded(member, held), "what readers hold");
                    noted = clean;
                    forgetCopyable();
                }
                case 7 -> forget();
                default -> truncate();
            }
            hold();
        }

        private void append(StoredEntry stored) {
            metadata.append(new ReplicaLife(member, CHAIN, life), List.of(stored));
            stored.chunks().keySet().forEach(content -> copyable.put(last, content));
        }

        /** Deletes a version as if newer ones had followed, which the table need not know. */
        private void deleteVersion() {
            List<Long> known = List.copyOf(versions.keySet());
            if (!known.isEmpty()) {
                long seq = known.get(random.nextInt(known.size()));
                deleted.put(++last, seq);
                metadata.append(new ReplicaLife(member, CHAIN, life), List.of(note(last, versions.get(seq), seq)));
            }
        }

        /** One or two names share a content that was stored earlier, or is new. */
        private void copy(String name) {
            List<Content> known = List.copyOf(copyable.values());
            boolean fresh = known.isEmpty() || random.nextInt(4) == 0;
            StoredEntry model = put(++last, name, 2);
            Content content =
                    fresh ? model.chunks().keySet().iterator().next() : known.get(random.nextInt(known.size()));
            WriteId id = new WriteId(UUID.randomUUID());
            List<Operation> puts = Stream.of(name, name + " again")
                    .skip(random.nextInt(2))
                    .map(each -> (Operation) new Operation.Put(new FileName(each), id, content, "", Map.of()))
                    .toList();
            append(new StoredEntry(
                    new Entry(new Epoch(1), new Seq(last), puts, 1L), fresh ? model.chunks() : Map.of(), Set.of()));
            copyable.put(last, content);
            versions.put(last, puts.get(0).name().value());
        }

        /** Puts a body of stored contents and perhaps a new one, like an append. */
        private void join(String name) {
            List<Content> known = new ArrayList<>(copyable.values());
            Collections.shuffle(known, random);
            List<Content> contents =
                    new ArrayList<>(new LinkedHashSet<>(known.subList(0, Math.min(known.size(), random.nextInt(4)))));
            StoredEntry model = put(++last, name, 2);
            boolean fresh = contents.size() < 2 || random.nextBoolean();
            if (fresh) {
                contents.addAll(model.chunks().keySet());
            }
            Body body = contents.size() == 1 ? Body.of(contents.get(0)) : new Body(contents, 1);
            Operation put = new Operation.Put(new FileName(name), new WriteId(UUID.randomUUID()), body, "", Map.of());
            append(new StoredEntry(
                    new Entry(new Epoch(1), new Seq(last), List.of(put), 1L),
                    fresh ? model.chunks() : Map.of(),
                    Set.of()));
            copyable.put(last, contents.get(random.nextInt(contents.size())));
            versions.put(last, name);
        }

        private void forget() {
            clean = last;
            Seq upTo = new Seq(clean);
            retention.declareForgotten(owner, upTo);
            while (upTo.isAfter(RetentionTableIT.this.forget(owner, upTo, 2, held::contains))) {
                forgetCopyable();
            }
            retention.letGo(owner, held::contains);
            assertEquals(held, metadata.recorded(member, held), "what readers hold");
            noted = clean;
            forgotten = clean;
            forgetCopyable();
        }

        private void truncate() {
            last = clean + random.nextInt((int) (last - clean) + 1);
            metadata.truncate(new ReplicaLife(member, CHAIN, life), new Seq(last));
            versions.keySet().removeIf(seq -> seq > last);
            deleted.keySet().removeIf(seq -> seq > last);
            forgetCopyable();
        }

        private void hold() {
            held.clear();
            copyable.values().stream()
                    .filter(content -> random.nextInt(3) == 0)
                    .map(Content::id)
                    .forEach(held::add);
        }

        private void forgetCopyable() {
            copyable.values().removeIf(content -> metadata.recorded(member, Set.of(content.id()))
                    .isEmpty());
        }

        private long missing() {
            return probe.number("SELECT count(*) FROM file_version v WHERE v.node_id = '" + member
                            + "' AND NOT v.pruned AND NOT v.deleted AND v.length > 0 AND v.parts = '' AND (SELECT count(*)"
                            + " FROM chunk_metadata c WHERE c.node_id = v.node_id AND c.chunk_id = v.chunk_id) <> 2")
                    + probe.number("SELECT count(*) FROM version_part p JOIN file_version v ON v.node_id = p.node_id"
                            + " AND v.chain_id = p.chain_id AND v.seq = p.seq AND v.file_name = p.file_name"
                            + " WHERE p.node_id = '" + member + "' AND NOT v.pruned AND (SELECT count(*)"
                            + " FROM chunk_metadata c WHERE c.node_id = p.node_id AND c.chunk_id = p.chunk_id) <> 2")
                    + probe.number(
                            "SELECT count(*) FROM file_version v WHERE v.node_id = '" + member
                                    + "' AND NOT v.pruned AND v.parts <> '' AND (SELECT count(*) FROM version_part p"
                                    + " WHERE p.node_id = v.node_id AND p.chain_id = v.chain_id AND p.seq = v.seq"
                                    + " AND p.file_name = v.file_name) <> length(v.parts) - length(replace(v.parts, chr(10), '')) + 1");
        }

        private long undead() {
            return deleted.entrySet().stream()
                    .filter(note -> note.getKey() <= noted)
                    .filter(note -> probe.number("SELECT count(*) FROM file_version v WHERE v.node_id = '" + member
                                    + "' AND NOT v.pruned AND v.seq = " + note.getValue() + " AND v.file_name = '"
                                    + versions.get(note.getValue()) + "'")
                            > 0)
                    .count();
        }

        /**
         * Returns the number of deleted versions without a note: a member that is sent the version must be sent the
         * note that records its deletion.
         */
        private long forgivenTooEarly() {
            return deleted.values().stream()
                    .filter(seq -> isThere(versions.get(seq), seq))
                    .filter(seq -> !isThereUpTo(last, nameOfNote(seq)))
                    .count();
        }

        private long needless() {
            return deleted.entrySet().stream()
                    .filter(note -> note.getKey() <= forgotten)
                    .map(Map.Entry::getValue)
                    .filter(seq -> !isThere(versions.get(seq), seq))
                    .filter(seq -> isThereUpTo(forgotten, nameOfNote(seq)))
                    .count();
        }

        private String nameOfNote(long seq) {
            return new DeletedVersion(new FileName(versions.get(seq)), version(seq))
                    .note()
                    .value();
        }

        private boolean isThere(String name, long seq) {
            return probe.number("SELECT count(*) FROM file_version WHERE node_id = '" + member + "' AND seq = " + seq
                            + " AND file_name = '" + name + "'")
                    > 0;
        }

        private boolean isThereUpTo(long seq, String name) {
            return probe.number("SELECT count(*) FROM file_version WHERE node_id = '" + member + "' AND seq <= " + seq
                            + " AND file_name = '" + name + "'")
                    > 0;
        }

        private long leaked() {
            return probe.number("SELECT count(*) FROM version_part p JOIN file_version v ON v.node_id = p.node_id"
                            + " AND v.chain_id = p.chain_id AND v.seq = p.seq AND v.file_name = p.file_name"
                            + " WHERE p.node_id = '" + member + "' AND v.pruned")
                    + probe.number("SELECT count(*) FROM chunk_metadata c WHERE c.node_id = '" + member
                            + "' AND NOT EXISTS (SELECT 1 FROM file_version v WHERE v.node_id = c.node_id"
                            + " AND v.chunk_id = c.chunk_id AND NOT v.pruned) AND NOT EXISTS (SELECT 1 FROM version_part p"
                            + " JOIN file_version v ON v.node_id = p.node_id AND v.chain_id = p.chain_id AND v.seq = p.seq"
                            + " AND v.file_name = p.file_name WHERE p.node_id = c.node_id AND p.chunk_id = c.chunk_id"
                            + " AND NOT v.pruned) AND NOT EXISTS (SELECT 1 FROM content_left l"
                            + " WHERE l.node_id = c.node_id AND l.chunk_id = c.chunk_id)");
        }
    }

    private static Version version(long seq) {
        return new Version(new Epoch(1), new Seq(seq));
    }

    /**
     * The log below the horizon that a new member is sent contains the version, whose content others share; so it must
     * contain the note.
     */
    @Test
    void aDeletedVersionStaysDeletedOnAMemberThatBeginsAnew() {
        metadata.begin(new ReplicaLife(node, CHAIN, life));
        StoredEntry first = put(1, "file", 2);
        Content content = first.chunks().keySet().iterator().next();
        Operation copy = new Operation.Put(new FileName("copy"), new WriteId(UUID.randomUUID()), content, "", Map.of());
        metadata.append(
                new ReplicaLife(node, CHAIN, life),
                List.of(
                        first,
                        new StoredEntry(new Entry(new Epoch(1), new Seq(2), List.of(copy), 1L), Map.of(), Set.of()),
                        put(3, "file", 1),
                        note(4, "file", 1)));
        ReplicaLife owner = new ReplicaLife(node, CHAIN, life);
        giveUp(owner, 4, KEPT, any -> false);
        retention.declareForgotten(owner, new Seq(4));
        forget(owner, new Seq(4), KEPT, any -> false);

        NodeId learner = new NodeId("l" + UUID.randomUUID().toString().substring(0, 8));
        metadata.begin(new ReplicaLife(learner, CHAIN, life));
        metadata.rebase(
                new ReplicaLife(learner, CHAIN, life),
                new LogBase(new Seq(4), metadata.restore(node, CHAIN).epochs()));
        Set<Content> sent = new HashSet<>();
        for (Entry entry :
                metadata.entries(node, CHAIN, new Seq(1), new Seq(4), 100).entries()) {
            Map<Content, List<ChunkLocation>> chunks = new HashMap<>();
            entry.operations().stream()
                    .filter(Operation.Put.class::isInstance)
                    .flatMap(put -> ((Operation.Put) put).body().contents().stream())
                    .filter(sent::add)
                    .forEach(each -> chunks.put(each, metadata.chunks(node, each.id(), 0, 10)));
            metadata.append(new ReplicaLife(learner, CHAIN, life), List.of(new StoredEntry(entry, chunks, Set.of())));
        }

        assertTrue(metadata.version(learner, CHAIN, new FileName("file"), version(1), new Seq(4))
                .orElseThrow()
                .pruned());
        for (NodeId member : List.of(node, learner)) {
            assertEquals(
                    List.of("copy", "file"),
                    state.page(member, CHAIN, "", "", 10, new Seq(4)).stream()
                            .map(CleanState.Held::name)
                            .toList(),
                    "what members are compared by");
        }
        String kept = "SELECT count(*) FROM file_version WHERE NOT pruned AND length > 0 AND node_id = '";
        assertEquals(3, probe.number(kept + learner + "'"));
        giveUp(new ReplicaLife(learner, CHAIN, life), 4, KEPT, any -> false);
        assertEquals(2, probe.number(kept + learner + "'"), "the copy and the newest version");
    }

    /** Renaming a folder creates entries with very many names. */
    @Test
    void entriesOfManyNamesAreGivenUpAndForgotten() {
        metadata.begin(new ReplicaLife(node, CHAIN, life));
        List<StoredEntry> entries = new ArrayList<>();
        for (int seq = 1; seq <= 40; seq++) {
            entries.add(puts(seq, (seq - 1) % 20 * 100, seq == 20 || seq == 40 ? 1100 : 100));
        }
        entries.forEach(entry -> metadata.append(new ReplicaLife(node, CHAIN, life), List.of(entry)));
        ReplicaLife owner = new ReplicaLife(node, CHAIN, life);
        String kept = "SELECT count(*) FROM file_version WHERE NOT pruned AND node_id = '" + node + "'";
        assertEquals(6000, probe.number(kept));

        giveUp(owner, 40, 1, any -> false);
        assertEquals(3000, probe.number(kept));
        retention.declareForgotten(owner, new Seq(40));
        while (forget(owner, new Seq(40), 1, any -> false).value() < 40) {
            assertTrue(probe.rows("file_version", node.value()) >= 3000);
        }
        assertEquals(3000, probe.rows("file_version", node.value()));
    }

    private static StoredEntry puts(long seq, int first, int names) {
        Content nothing = new Content(new ContentId(UUID.randomUUID()), CHUNK, 0, 0);
        WriteId id = new WriteId(UUID.randomUUID());
        List<Operation> puts = IntStream.range(first, first + names)
                .mapToObj(i -> (Operation) new Operation.Put(new FileName("name " + i), id, nothing, "", Map.of()))
                .toList();
        return new StoredEntry(new Entry(new Epoch(1), new Seq(seq), puts, 1L), Map.of(nothing, List.of()), Set.of());
    }

    /**
     * If the log was rebuilt from scratch between the two steps, nothing is pruned, and retention starts over from the
     * beginning of the log.
     */
    @Test
    void whatWasFoundInALogThatHasBegunAnewIsNotDone() {
        metadata.begin(new ReplicaLife(node, CHAIN, life));
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(put(1, "file", 1), put(2, "file", 1)));
        ReplicaLife owner = new ReplicaLife(node, CHAIN, life);
        giveUp(owner, 1, 1, any -> false);
        RetentionTable.Surplus surplus = retention.surplus(owner, new Seq(2), 1);
        metadata.truncate(new ReplicaLife(node, CHAIN, life), Seq.NONE);
        assertFalse(retention.giveUp(owner, surplus, any -> false));

        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(put(1, "file", 1), put(2, "file", 1)));
        giveUp(owner, 2, 1, any -> false);
        assertEquals(1, probe.rows("chunk_metadata", node.value()));
    }

    /** The versions that are kept do not depend on when retention runs: deleted ones count like others. */
    @Test
    void everyMemberKeepsTheSameVersions() {
        List<List<Long>> kept = new ArrayList<>();
        for (int step : List.of(1, 3, 7)) {
            NodeId member = new NodeId("k" + UUID.randomUUID().toString().substring(0, 8));
            metadata.begin(new ReplicaLife(member, CHAIN, life));
            for (long seq = 1; seq <= 7; seq++) {
                metadata.append(
                        new ReplicaLife(member, CHAIN, life),
                        List.of(seq == 5 ? note(5, "file", 4) : put(seq, "file", 1)));
                if (seq % step == 0) {
                    giveUp(new ReplicaLife(member, CHAIN, life), seq, 3, any -> false);
                }
            }
            giveUp(new ReplicaLife(member, CHAIN, life), 7, 3, any -> false);
            kept.add(metadata.versions(member, CHAIN, new FileName("file"), Optional.empty(), 100, new Seq(7)).stream()
                    .filter(version -> !version.pruned())
                    .map(version -> version.version().seq().value())
                    .toList());
        }
        assertEquals(List.of(List.of(7L, 6L), List.of(7L, 6L), List.of(7L, 6L)), kept);
    }

    @Test
    void whatIsToBeSharedAndIsGoneStopsTheBatch() {
        metadata.begin(new ReplicaLife(node, CHAIN, life));
        StoredEntry put = put(1, "file", 2);
        Content content = put.chunks().keySet().iterator().next();
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(put));
        metadata.append(new ReplicaLife(node, CHAIN, life), List.of(delete(2, "file")));
        ReplicaLife owner = new ReplicaLife(node, CHAIN, life);
        FileRecord first = metadata.version(node, CHAIN, new FileName("file"), version(1), new Seq(2))
                .orElseThrow();
        assertTrue(metadata.keeps(new ReplicaLife(node, CHAIN, life), List.of(first)));
        retention.declareForgotten(owner, new Seq(2));
        forget(owner, new Seq(2), KEPT, any -> false);

        assertFalse(metadata.keeps(new ReplicaLife(node, CHAIN, life), List.of(first)));
        Operation copy = new Operation.Put(new FileName("copy"), new WriteId(UUID.randomUUID()), content, "", Map.of());
        StoredEntry late = new StoredEntry(new Entry(new Epoch(1), new Seq(3), List.of(copy), 1L), Map.of(), Set.of());
        CraqException refused = assertThrows(
                CraqException.class, () -> metadata.append(new ReplicaLife(node, CHAIN, life), List.of(late)));
        assertEquals(ErrorCode.VERSION_PRUNED, refused.code());
        assertEquals(2, metadata.restore(node, CHAIN).last().value());
    }

    private static StoredEntry put(long seq, String name, int chunks) {
        Content content = new Content(new ContentId(UUID.randomUUID()), CHUNK, (long) chunks * CHUNK, chunks);
        List<ChunkLocation> places = IntStream.range(0, chunks)
                .mapToObj(i ->
                        new ChunkLocation("0000000000000001.segment", seq * CHUNK * 2000L + (long) i * CHUNK, CHUNK, i))
                .toList();
        Operation put = new Operation.Put(new FileName(name), new WriteId(UUID.randomUUID()), content, "", Map.of());
        return new StoredEntry(
                new Entry(new Epoch(1), new Seq(seq), List.of(put), 1L), Map.of(content, places), Set.of());
    }

    /** Returns an entry that records the deletion of a single version. */
    private static StoredEntry note(long seq, String name, long version) {
        DeletedVersion deleted = new DeletedVersion(new FileName(name), version(version));
        Content nothing = new Content(new ContentId(UUID.randomUUID()), CHUNK, 0, 0);
        Operation put = new Operation.Put(deleted.note(), new WriteId(UUID.randomUUID()), nothing, "", deleted.kept());
        return new StoredEntry(
                new Entry(new Epoch(1), new Seq(seq), List.of(put), 1L), Map.of(nothing, List.of()), Set.of());
    }

    private static StoredEntry delete(long seq, String name) {
        Operation delete = new Operation.Delete(new FileName(name), new WriteId(UUID.randomUUID()));
        return new StoredEntry(new Entry(new Epoch(1), new Seq(seq), List.of(delete), 1L), Map.of(), Set.of());
    }
}
