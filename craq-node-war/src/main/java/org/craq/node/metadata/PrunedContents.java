package org.craq.node.metadata;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.craq.core.file.ContentId;

/** Releases the contents of pruned versions, within a transaction that holds the replica's row. */
final class PrunedContents {
    private static final int LEFT_AT_ONCE = 256;

    private final EntityManager em;
    private final ReplicaLife owner;

    PrunedContents(EntityManager em, ReplicaLife owner) {
        this.em = em;
        this.owner = owner;
    }

    /** Returns the contents that no reader holds, and leaves the others for {@link #letGo}. */
    List<UUID> unheld(Collection<UUID> contents, Predicate<ContentId> held) {
        Map<Boolean, List<UUID>> byHold =
                contents.stream().collect(Collectors.partitioningBy(content -> held.test(new ContentId(content))));
        byHold.get(true).forEach(this::leave);
        return byHold.get(false);
    }

    void releaseUnheld(Collection<UUID> contents, Predicate<ContentId> held) {
        release(unheld(contents, held));
    }

    private void leave(UUID content) {
        em.createNativeQuery("INSERT INTO content_left (node_id, chain_id, chunk_id) VALUES (?1, ?2, ?3)"
                        + " ON CONFLICT DO NOTHING")
                .setParameter(1, owner.node().value())
                .setParameter(2, owner.chain().value())
                .setParameter(3, content)
                .executeUpdate();
    }

    /** Implements {@link RetentionTable#letGo}. */
    boolean letGo(Predicate<ContentId> held) {
        List<?> left = em.createNativeQuery("SELECT chunk_id FROM content_left WHERE node_id = ?1 AND chain_id = ?2")
                .setParameter(1, owner.node().value())
                .setParameter(2, owner.chain().value())
                .getResultList();
        List<UUID> done = left.stream()
                .map(UUID.class::cast)
                .filter(content -> !held.test(new ContentId(content)))
                .limit(LEFT_AT_ONCE)
                .toList();
        release(done);
        if (!done.isEmpty()) {
            List<UUID> padded = Rows.padded(done);
            Query delete = em.createNativeQuery("DELETE FROM content_left WHERE node_id = ?1 AND chain_id = ?2"
                            + " AND chunk_id IN (" + Rows.places(3, padded.size()) + ")")
                    .setParameter(1, owner.node().value())
                    .setParameter(2, owner.chain().value());
            Rows.bind(delete, 3, padded);
            delete.executeUpdate();
        }
        return done.size() == left.size();
    }

    /** Deletes the chunks of those contents that no kept version has. */
    void release(Collection<UUID> contents) {
        em.flush();
        Rows.inParts(List.copyOf(contents), LogBatch.IDS_AT_ONCE, some -> {
            List<UUID> gone = new ArrayList<>(some);
            gone.removeAll(kept(some));
            if (!gone.isEmpty()) {
                em.createQuery("delete from ChunkRow c where c.nodeId = :node and c.chunkId in :contents")
                        .setParameter("node", owner.node().value())
                        .setParameter("contents", Rows.padded(gone))
                        .executeUpdate();
            }
        });
    }

    /** Returns those of some contents that kept versions have. */
    private Set<UUID> kept(List<UUID> contents) {
        List<UUID> padded = Rows.padded(contents);
        String places = Rows.places(2, padded.size());
        Query query = em.createNativeQuery("SELECT v.chunk_id FROM file_version v WHERE v.node_id = ?1"
                        + " AND v.chunk_id IN (" + places + ") AND v.shared AND NOT v.pruned"
                        + " UNION SELECT p.chunk_id FROM version_part p"
                        + " JOIN file_version v ON v.node_id = p.node_id AND v.chain_id = p.chain_id AND v.seq = p.seq"
                        + " AND v.file_name = p.file_name WHERE p.node_id = ?1 AND p.chunk_id IN (" + places
                        + ") AND NOT v.pruned UNION SELECT c.chunk_id FROM chunk_metadata c"
                        + " JOIN file_version v ON v.node_id = c.node_id AND v.chain_id = c.chain_id AND v.seq = c.seq"
                        + " AND v.file_name = c.file_name WHERE c.node_id = ?1 AND c.chunk_id IN (" + places
                        + ") AND c.idx = 0 AND NOT v.pruned")
                .setParameter(1, owner.node().value());
        Rows.bind(query, 2, padded);
        List<?> found = query.getResultList();
        return found.stream().map(UUID.class::cast).collect(Collectors.toSet());
    }
}
