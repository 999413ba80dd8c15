package org.craq.node.metadata;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/** Counts what this node keeps under prefixes of names, for quotas. Each method is one transaction that locks nothing. */
@ApplicationScoped
@Transactional
public class QuotaCounts {
    private static final String ROWS = " file_version v WHERE v.node_id = ?1 AND v.chain_id = ?2"
            + " AND v.file_name >= ?3 AND v.file_name <= ?4 AND v.seq > ?5 AND v.seq <= ?6";
    /** The store's own files count under no prefix, not even under the empty one. */
    private static final String OF_USERS = ROWS + " AND (v.file_name < ?7 OR v.file_name > ?8)";

    @PersistenceContext(unitName = "craq-node")
    EntityManager em;

    /** A stretch of a chain's log: above one entry, up to another. */
    public record Stretch(NodeId node, ChainId chain, Seq above, Seq upTo) {}

    /** Returns the number of versions and deletions that are recorded of users' files with a prefix. */
    public long versions(Stretch log, String prefix) {
        return number(ofUsers("SELECT COUNT(*) FROM" + OF_USERS, log, prefix));
    }

    /**
     * Returns the bytes of the contents that kept versions of users' files with a prefix refer to. Each content counts
     * once.
     */
    public long bytes(Stretch log, String prefix) {
        return number(ofUsers(
                "SELECT COALESCE(SUM(c.length), 0) FROM (SELECT v.chunk_id, v.length FROM" + OF_USERS
                        + " AND NOT v.deleted AND NOT v.pruned AND v.parts = ''"
                        + " UNION SELECT m.chunk_id, SUM(m.length) FROM chunk_metadata m WHERE m.node_id = ?1"
                        + " AND m.chunk_id IN (SELECT p.chunk_id FROM version_part p,"
                        + OF_USERS
                        + " AND NOT v.deleted AND NOT v.pruned AND p.node_id = v.node_id AND p.chain_id = v.chain_id"
                        + " AND p.seq = v.seq AND p.file_name = v.file_name) GROUP BY m.chunk_id) c",
                log,
                prefix));
    }

    private Query ofUsers(String sql, Stretch log, String prefix) {
        return rows(sql, log, prefix).setParameter(7, FileName.OWN).setParameter(8, NamePrefix.last(FileName.OWN));
    }

    private Query rows(String sql, Stretch log, String prefix) {
        return em.createNativeQuery(sql)
                .setParameter(1, log.node().value())
                .setParameter(2, log.chain().value())
                .setParameter(3, prefix)
                .setParameter(4, NamePrefix.last(prefix))
                .setParameter(5, log.above().value())
                .setParameter(6, log.upTo().value());
    }

    private static long number(Query query) {
        return ((Number) query.getSingleResult()).longValue();
    }

    /**
     * Returns the bytes of kept versions by the beginnings of their names, of a folder of the store's own files.
     *
     * @param length of a beginning; names that are not longer do not count
     */
    public Map<String, Long> bytesByBeginning(Stretch log, String folder, int length) {
        Map<String, Long> found = new HashMap<>();
        List<?> rows = rows(
                        "SELECT SUBSTRING(v.file_name, 1, ?7), SUM(v.length) FROM" + ROWS
                                + " AND LENGTH(v.file_name) > ?7 AND NOT v.deleted AND NOT v.pruned GROUP BY 1",
                        log,
                        folder)
                .setParameter(7, length)
                .getResultList();
        rows.forEach(row -> found.put((String) ((Object[]) row)[0], ((Number) ((Object[]) row)[1]).longValue()));
        return found;
    }

    /** Returns all kept versions of the store's own files in a folder whose names have a length. */
    public List<FileRecord> files(NodeId node, ChainId chain, String folder, int length) {
        return em
                .createQuery(
                        "select v from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
                                + " and v.fileName >= :folder and v.fileName <= :last and length(v.fileName) = :length"
                                + " and v.deleted = false and v.pruned = false",
                        FileVersionRow.class)
                .setParameter("node", node.value())
                .setParameter("chain", chain.value())
                .setParameter("folder", folder)
                .setParameter("last", NamePrefix.last(folder))
                .setParameter("length", length)
                .getResultList()
                .stream()
                .map(Rows::record)
                .toList();
    }
}
