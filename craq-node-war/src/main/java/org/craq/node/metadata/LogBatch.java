package org.craq.node.metadata;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.Operation;
import org.craq.node.store.ChunkLocation;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Appends entries, and the locations of the contents that they bring, to the log. Used within one transaction. */
final class LogBatch {
    /** The number of a statement's parameters is limited to some ten thousand. */
    static final int IDS_AT_ONCE = 1024;

    private static final int PARTS_AT_ONCE = 128;

    private final EntityManager em;
    private final ReplicaLife life;
    /** Versions whose bodies have several contents. */
    private final List<FileVersionRow> joined = new ArrayList<>();

    LogBatch(EntityManager em, ReplicaLife life) {
        this.em = em;
        this.life = life;
    }

    /** Implements {@link Metadata#append}. */
    void append(List<StoredEntry> batch) {
        ReplicaFence fence = new ReplicaFence(em, life);
        Seq first = batch.get(0).entry().seq();
        Entry last = batch.get(batch.size() - 1).entry();
        boolean allNew = fence.extend(first, last.seq(), last.epoch());
        if (!allNew) {
            fence.hold();
        }
        long recorded = allNew ? first.value() - 1 : fence.row().lastSeq;
        Epoch epoch = allNew ? last.epoch() : lastEpoch();
        Set<ContentId> brought = new HashSet<>();
        Set<ContentId> shared = new HashSet<>();
        for (StoredEntry stored : batch) {
            Entry entry = stored.entry();
            if (entry.seq().value() <= recorded) {
                continue;
            }
            if (entry.epoch().isAfter(epoch)) {
                epoch = entry.epoch();
                em.persist(Rows.row(life.node(), life.chain(), new EpochTable.Start(entry.epoch(), entry.seq())));
            }
            for (Operation operation : entry.operations()) {
                FileVersionRow row = Rows.row(life.node(), life.chain(), entry, operation);
                em.persist(row);
                if (operation instanceof Operation.Put put) {
                    row.pruned = stored.prunes(put);
                    if (!row.pruned) {
                        keep(row, stored, put, brought, shared);
                    }
                }
            }
        }
        shared.removeAll(brought);
        if (!recorded(em, life.node(), shared).containsAll(shared)) {
            throw new CraqException(ErrorCode.VERSION_PRUNED, "a content to be shared is no longer stored here");
        }
        if (!allNew && last.seq().value() > recorded) {
            fence.moveLast(last.seq().value());
        }
        em.flush();
        // These rows refer to the rows of versions, which exist from here on.
        joined.forEach(this::insertParts);
    }

    /** Records who owns a content's chunks: the first version that has the content owns them, the others share them. */
    private void keep(
            FileVersionRow row, StoredEntry stored, Operation.Put put, Set<ContentId> brought, Set<ContentId> shared) {
        put.body().filled().forEach(content -> {
            if (stored.chunks().containsKey(content) && brought.add(content.id())) {
                persistChunks(row, content, stored.chunks().get(content));
            } else {
                row.shared = put.body().isOne();
                shared.add(content.id());
            }
        });
        if (!put.body().isOne()) {
            joined.add(row);
        }
    }

    /** Inserts some rows at a time, as the number of a statement's parameters is limited. */
    private void insertParts(FileVersionRow row) {
        List<UUID> contents = Rows.contents(row);
        for (int begin = 0; begin < contents.size(); begin += PARTS_AT_ONCE) {
            int first = begin;
            int end = Math.min(begin + PARTS_AT_ONCE, contents.size());
            String values = IntStream.range(first, end)
                    .mapToObj(part -> "(?1, ?2, ?3, ?4, " + part + ", ?" + (part - first + 5) + ")")
                    .collect(Collectors.joining(", "));
            Query insert = em.createNativeQuery(
                            "INSERT INTO version_part (node_id, chain_id, seq, file_name, part, chunk_id) VALUES "
                                    + values)
                    .setParameter(1, row.nodeId)
                    .setParameter(2, row.chainId)
                    .setParameter(3, row.seq)
                    .setParameter(4, row.fileName);
            for (int part = first; part < end; part++) {
                insert.setParameter(part - first + 5, contents.get(part));
            }
            insert.executeUpdate();
        }
    }

    /** Returns those of some contents whose chunks are recorded here. */
    static Set<ContentId> recorded(EntityManager em, NodeId node, Set<ContentId> contents) {
        List<UUID> ids = contents.stream().map(ContentId::value).toList();
        Set<ContentId> recorded = new HashSet<>();
        Rows.inParts(ids, IDS_AT_ONCE, some -> em.createQuery(
                        "select c.chunkId from ChunkRow c where c.nodeId = :node and c.chunkId in :ids and c.idx = 0",
                        UUID.class)
                .setParameter("node", node.value())
                .setParameter("ids", Rows.padded(some))
                .getResultList()
                .forEach(id -> recorded.add(new ContentId(id))));
        return recorded;
    }

    private void persistChunks(FileVersionRow row, Content content, List<ChunkLocation> locations) {
        for (int i = 0; i < locations.size(); i++) {
            em.persist(Rows.row(
                    life.node(),
                    life.chain(),
                    new Seq(row.seq),
                    new FileName(row.fileName),
                    content,
                    i,
                    locations.get(i)));
        }
    }

    private Epoch lastEpoch() {
        Long epoch = em.createQuery(
                        "select max(e.epoch) from EpochRow e where e.nodeId = :node and e.chainId = :chain", Long.class)
                .setParameter("node", life.node().value())
                .setParameter("chain", life.chain().value())
                .getSingleResult();
        return epoch == null ? Epoch.NONE : new Epoch(epoch);
    }
}
