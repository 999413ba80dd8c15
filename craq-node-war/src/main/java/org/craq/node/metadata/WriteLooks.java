package org.craq.node.metadata;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.file.FileName;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Found;

/**
 * Looks up what a head has to know of writes before it orders them: two statements, however many writes there are. Used
 * within one transaction.
 */
final class WriteLooks {
    private final EntityManager em;
    private final NodeId node;
    private final ChainId chain;

    WriteLooks(EntityManager em, NodeId node, ChainId chain) {
        this.em = em;
        this.node = node;
        this.chain = chain;
    }

    /** Returns what is known of each write: its former entry, and the newest version of each of its files. */
    List<Found> find(List<Effect.LookUp> writes) {
        Map<UUID, List<FileVersionRow>> former = former(writes);
        Map<String, Found.Newest> newest = newest(writes);
        return writes.stream()
                .map(write -> new Found(
                        Rows.entries(former.getOrDefault(write.id().value(), List.of())).stream()
                                .findFirst(),
                        write.names().stream()
                                .filter(name -> newest.containsKey(name.value()))
                                .distinct()
                                .collect(Collectors.toMap(name -> name, name -> newest.get(name.value())))))
                .toList();
    }

    private Map<UUID, List<FileVersionRow>> former(List<Effect.LookUp> writes) {
        List<UUID> ids = writes.stream().map(write -> write.id().value()).toList();
        return em
                .createQuery(
                        "select v from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
                                + " and v.writeId in :ids order by v.seq, v.fileName",
                        FileVersionRow.class)
                .setParameter("node", node.value())
                .setParameter("chain", chain.value())
                .setParameter("ids", Rows.padded(ids))
                .getResultList()
                .stream()
                .collect(Collectors.groupingBy(row -> row.writeId));
    }

    /** Searches the index once for each name, as a file may have many versions. */
    private Map<String, Found.Newest> newest(List<Effect.LookUp> writes) {
        List<String> asked = writes.stream()
                .flatMap(write -> write.names().stream())
                .map(FileName::value)
                .distinct()
                .toList();
        if (asked.isEmpty()) {
            return Map.of();
        }
        List<String> names = Rows.padded(asked);
        String values = IntStream.range(0, names.size())
                .mapToObj(i -> "(CAST(?" + (i + 3) + " AS TEXT))")
                .collect(Collectors.joining(", "));
        Query query = em.createNativeQuery(
                        "SELECT n.name, l.epoch, l.seq, l.deleted, l.created_at FROM (VALUES " + values
                                + ") AS n (name), LATERAL (SELECT v.epoch, v.seq, v.deleted, v.created_at FROM file_version v"
                                + " WHERE v.node_id = ?1 AND v.chain_id = ?2 AND v.file_name = n.name"
                                + " ORDER BY v.seq DESC LIMIT 1) AS l")
                .setParameter(1, node.value())
                .setParameter(2, chain.value());
        Rows.bind(query, 3, names);
        Map<String, Found.Newest> newest = new HashMap<>();
        for (Object row : query.getResultList()) {
            Object[] columns = (Object[]) row;
            newest.put((String) columns[0], Rows.newest(columns[1], columns[2], columns[3], columns[4]));
        }
        return newest;
    }
}
