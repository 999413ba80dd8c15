package org.craq.node.metadata;

import jakarta.persistence.EntityManager;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.core.replica.Entry;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.Operation;
import org.craq.node.store.ChunkLocation;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** Records entries, with what they bring, at the end of the log. Within one transaction. */
final class LogBatch {
    private final EntityManager em;
    private final NodeId node;
    private final ChainId chain;
    private final Incarnation incarnation;

    LogBatch(EntityManager em, NodeId node, ChainId chain, Incarnation incarnation) {
        this.em = em;
        this.node = node;
        this.chain = chain;
        this.incarnation = incarnation;
    }

    /** As {@link Metadata#append} says. */
    void append(List<Metadata.Stored> batch) {
        ReplicaFence fence = new ReplicaFence(em, node, chain, incarnation);
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
        for (Metadata.Stored stored : batch) {
            Entry entry = stored.entry();
            if (entry.seq().value() <= recorded) {
                continue;
            }
            if (entry.epoch().isAfter(epoch)) {
                epoch = entry.epoch();
                em.persist(Rows.row(node, chain, new EpochTable.Start(entry.epoch(), entry.seq())));
            }
            for (Operation operation : entry.operations()) {
                FileVersionRow row = Rows.row(node, chain, entry, operation);
                em.persist(row);
                if (operation instanceof Operation.Put put && put.content().chunks() > 0) {
                    row.pruned = stored.pruned().contains(put.content());
                    if (stored.chunks().containsKey(put.content())
                            && brought.add(put.content().id())) {
                        persistChunks(entry.seq(), put, stored.chunks().get(put.content()));
                    } else if (!row.pruned) {
                        row.shared = true;
                        shared.add(put.content().id());
                    }
                }
            }
        }
        shared.removeAll(brought);
        if (!recorded(em, node, shared).containsAll(shared)) {
            throw new CraqException(ErrorCode.VERSION_PRUNED, "a content to be shared is not here any more");
        }
        if (!allNew && last.seq().value() > recorded) {
            fence.moveLast(last.seq().value());
        }
        em.flush();
    }

    /** Which of some contents have chunks here that an entry has brought. */
    static Set<ContentId> recorded(EntityManager em, NodeId node, Set<ContentId> contents) {
        if (contents.isEmpty()) {
            return Set.of();
        }
        List<UUID> ids = contents.stream().map(ContentId::value).toList();
        return em
                .createQuery(
                        "select c.chunkId from ChunkRow c where c.nodeId = :node and c.chunkId in :ids and c.idx = 0",
                        UUID.class)
                .setParameter("node", node.value())
                .setParameter("ids", Rows.padded(ids))
                .getResultList()
                .stream()
                .map(ContentId::new)
                .collect(Collectors.toSet());
    }

    private void persistChunks(Seq seq, Operation.Put put, List<ChunkLocation> locations) {
        for (int i = 0; i < locations.size(); i++) {
            em.persist(Rows.row(node, chain, seq, put, i, locations.get(i)));
        }
    }

    private Epoch lastEpoch() {
        Long epoch = em.createQuery(
                        "select max(e.epoch) from EpochRow e where e.nodeId = :node and e.chainId = :chain", Long.class)
                .setParameter("node", node.value())
                .setParameter("chain", chain.value())
                .getSingleResult();
        return epoch == null ? Epoch.NONE : new Epoch(epoch);
    }
}
