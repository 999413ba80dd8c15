package org.craq.node.metadata;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.file.ContentId;
import org.craq.node.store.ChunkIndex;
import org.craq.node.store.ChunkLocation;
import org.craq.node.store.DatabaseView;
import org.craq.node.store.StoredChunk;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Where a node's chunks lie, for the upkeep of its chunk store. Each method is one short transaction, and may be
 * repeated when the outcome of its commit is unknown.
 */
@ApplicationScoped
@Transactional
public class ChunkTable {
    @PersistenceContext(unitName = "craq-node")
    EntityManager em;

    /**
     * Fences former lives: on return, none of their batches or moves can be committed any more. A starting node calls
     * this before it examines its segments.
     */
    public void fence(NodeId node) {
        em.createQuery("update ReplicaRow r set r.incarnation = :nobody where r.nodeId = :node")
                .setParameter("nobody", UUID.randomUUID())
                .setParameter("node", node.value())
                .executeUpdate();
    }

    /** Returns what the database knows of a node, to compare with what the node's disk has seen. */
    public DatabaseView view(NodeId node) {
        Object[] row = (Object[]) em.createNativeQuery(
                        "SELECT (SELECT history FROM node_store WHERE node_id = ?1), count(*), coalesce(sum(changes), 0)"
                                + " FROM replica_state WHERE node_id = ?1")
                .setParameter(1, node.value())
                .getSingleResult();
        return new DatabaseView(
                Optional.ofNullable((UUID) row[0]), ((Number) row[2]).longValue(), ((Number) row[1]).longValue() > 0);
    }

    /** Sets the history that the database belongs to from now on, for this node. */
    public void adopt(NodeId node, UUID history) {
        em.createNativeQuery("INSERT INTO node_store (node_id, history) VALUES (?1, ?2)"
                        + " ON CONFLICT (node_id) DO UPDATE SET history = excluded.history")
                .setParameter(1, node.value())
                .setParameter(2, history)
                .executeUpdate();
    }

    /** Returns how much of a segment the node's metadata refers to; reads a row for each of its chunks. */
    public ChunkIndex.Live live(NodeId node, String segment) {
        Object[] row = em.createQuery(
                        "select count(c.idx), sum(c.length) from ChunkRow c where c.nodeId = :node and c.path = :segment",
                        Object[].class)
                .setParameter("node", node.value())
                .setParameter("segment", segment)
                .getSingleResult();
        long chunks = ((Number) row[0]).longValue();
        return new ChunkIndex.Live(chunks, chunks == 0 ? 0 : ((Number) row[1]).longValue());
    }

    /**
     * Returns, for each segment that the node's chunks refer to, where the last record ends. Takes time for each
     * segment, however many chunks there are.
     */
    public Map<String, Long> segmentEnds(NodeId node, int headerBytes) {
        Map<String, Long> ends = new HashMap<>();
        // Goes from one name to the next by the index, as grouping would read all rows.
        List<?> rows = em.createNativeQuery(
                        "WITH RECURSIVE segment (path) AS ((SELECT path FROM chunk_metadata WHERE node_id = ?1"
                                + " ORDER BY path LIMIT 1) UNION ALL"
                                + " SELECT (SELECT c.path FROM chunk_metadata c WHERE c.node_id = ?1 AND c.path > s.path"
                                + " ORDER BY c.path LIMIT 1) FROM segment s WHERE s.path IS NOT NULL)"
                                + " SELECT s.path, l.position + l.length FROM segment s, LATERAL (SELECT c.position, c.length"
                                + " FROM chunk_metadata c WHERE c.node_id = ?1 AND c.path = s.path"
                                + " ORDER BY c.position DESC LIMIT 1) l")
                .setParameter(1, node.value())
                .getResultList();
        for (Object row : rows) {
            Object[] columns = (Object[]) row;
            ends.put((String) columns[0], ((Number) columns[1]).longValue() + headerBytes);
        }
        return ends;
    }

    /** Returns chunks of a segment in the order of their positions, from a position on. */
    public List<StoredChunk> chunksOf(NodeId node, String segment, long from, int limit) {
        return em
                .createQuery(
                        "select c from ChunkRow c where c.nodeId = :node and c.path = :segment and c.position >= :from"
                                + " order by c.position",
                        ChunkRow.class)
                .setParameter("node", node.value())
                .setParameter("segment", segment)
                .setParameter("from", from)
                .setMaxResults(limit)
                .getResultList()
                .stream()
                .map(ChunkTable::chunk)
                .toList();
    }

    /** Returns the first segment in the order of names after this one that holds a chunk. */
    public Optional<String> segmentAfter(NodeId node, String segment) {
        return Optional.ofNullable(em.createQuery(
                        "select min(c.path) from ChunkRow c where c.nodeId = :node and c.path > :segment", String.class)
                .setParameter("node", node.value())
                .setParameter("segment", segment)
                .getSingleResult());
    }

    /** Returns one chunk; empty when no version refers to it. */
    public Optional<StoredChunk> find(NodeId node, ContentId content, int index) {
        ChunkRow.Key key = new ChunkRow.Key();
        key.nodeId = node.value();
        key.chunkId = content.value();
        key.idx = index;
        return Optional.ofNullable(em.find(ChunkRow.class, key)).map(ChunkTable::chunk);
    }

    /**
     * Moves chunks, each on condition that it is still at its old location.
     *
     * @return number of chunks that were moved
     * @throws CraqException FENCED when another incarnation has begun
     */
    public int move(NodeId node, Incarnation incarnation, List<ChunkIndex.Move> moves) {
        own(node, incarnation);
        int moved = 0;
        for (ChunkIndex.Move move : moves) {
            ChunkLocation from = move.from().location();
            moved += em.createQuery("update ChunkRow c set c.path = :toPath, c.position = :toPosition"
                            + " where c.nodeId = :node and c.chunkId = :content and c.idx = :index"
                            + " and c.path = :fromPath and c.position = :fromPosition")
                    .setParameter("toPath", move.to().segment())
                    .setParameter("toPosition", move.to().position())
                    .setParameter("node", node.value())
                    .setParameter("content", move.from().content().value())
                    .setParameter("index", move.from().index())
                    .setParameter("fromPath", from.segment())
                    .setParameter("fromPosition", from.position())
                    .executeUpdate();
        }
        return moved;
    }

    /**
     * Writes the replica's row, so that a life which begins meanwhile either waits for this transaction or makes it
     * fail.
     */
    private void own(NodeId node, Incarnation incarnation) {
        int owned = em.createQuery("update ReplicaRow r set r.changes = r.changes + 1 where r.nodeId = :node"
                        + " and r.incarnation = :incarnation")
                .setParameter("incarnation", incarnation.value())
                .setParameter("node", node.value())
                .executeUpdate();
        if (owned == 0) {
            throw new CraqException(
                    ErrorCode.FENCED, "node " + node + " has been restarted; this life of it may not write any more");
        }
    }

    private static StoredChunk chunk(ChunkRow row) {
        return new StoredChunk(new ChainId(row.chainId), new ContentId(row.chunkId), row.idx, Rows.location(row));
    }
}
