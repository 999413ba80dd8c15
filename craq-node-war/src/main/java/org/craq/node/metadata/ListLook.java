package org.craq.node.metadata;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;

/**
 * Lists files by name, within one transaction: first a page of names in the order of an index, then the newest version
 * of each. A database that is asked directly for rows that are the newest of their name may read all names before it
 * sorts them.
 */
final class ListLook {
    /** Most names examined at once, when so many files were deleted that a page is still short. */
    private static final int MOST_NAMES = 1024;

    private final EntityManager em;
    private final NodeId node;
    private final ChainId chain;
    private final Seq mark;

    ListLook(EntityManager em, NodeId node, ChainId chain, Seq mark) {
        this.em = em;
        this.node = node;
        this.chain = chain;
        this.mark = mark;
    }

    /** Implements {@link Metadata#list}. */
    List<FileRecord> list(String prefix, String after, int limit) {
        List<FileRecord> found = new ArrayList<>();
        String last = after;
        int asked = limit;
        while (true) {
            List<FileVersionRow> newest = newest(prefix, last, asked);
            newest.stream().filter(row -> !row.deleted).map(Rows::record).forEach(found::add);
            if (newest.size() < asked || found.size() >= limit) {
                return found.subList(0, Math.min(found.size(), limit));
            }
            last = newest.get(newest.size() - 1).fileName;
            // The rows of deleted files are not needed any more, and there may be very many.
            em.clear();
            asked = Math.max(asked, Math.min(2 * asked, MOST_NAMES));
        }
    }

    /** Returns one row for each name, which may be a tombstone. */
    private List<FileVersionRow> newest(String prefix, String after, int names) {
        Optional<String> end = NamePrefix.end(prefix);
        Query query = em.createNativeQuery(
                        "SELECT l.* FROM (SELECT DISTINCT v.file_name FROM file_version v WHERE v.node_id = ?1"
                                + " AND v.chain_id = ?2 AND v.file_name >= ?3 AND v.file_name > ?4"
                                + (end.isPresent() ? " AND v.file_name < ?7" : "")
                                + " AND v.seq <= ?5 AND NOT v.pruned ORDER BY v.file_name LIMIT ?6) AS n,"
                                + " LATERAL (SELECT w.* FROM file_version w WHERE w.node_id = ?1 AND w.chain_id = ?2"
                                + " AND w.file_name = n.file_name AND w.seq <= ?5 AND NOT w.pruned"
                                + " ORDER BY w.seq DESC LIMIT 1) AS l ORDER BY l.file_name",
                        FileVersionRow.class)
                .setParameter(1, node.value())
                .setParameter(2, chain.value())
                .setParameter(3, prefix)
                .setParameter(4, after)
                .setParameter(5, mark.value())
                .setParameter(6, names);
        end.ifPresent(name -> query.setParameter(7, name));
        List<?> rows = query.getResultList();
        return rows.stream().map(FileVersionRow.class::cast).toList();
    }
}
