package org.craq.node.metadata;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;

/** What a member holds of each file at a commit mark, in a form in which members can be compared. */
@ApplicationScoped
@Transactional
public class CleanState {
    @PersistenceContext(unitName = "craq-node")
    EntityManager em;

    @Inject
    private Metadata metadata;

    /**
     * One file.
     *
     * @param holding the same text on every member that holds the same: version, length, checksums of content and chunks
     */
    public record Held(String name, String holding) {}

    /** A page of files by name, after {@code after}. */
    public List<Held> page(NodeId node, ChainId chain, String prefix, String after, int limit, Seq mark) {
        List<FileRecord> files = comparable(node, chain, prefix, after, limit, mark);
        Map<UUID, String> chunks = chunks(node, files);
        return files.stream().map(file -> held(file, chunks)).toList();
    }

    /** Without notes of deleted versions, which each member forgets at its own time. */
    private List<FileRecord> comparable(NodeId node, ChainId chain, String prefix, String after, int limit, Seq mark) {
        List<FileRecord> files = metadata.list(node, chain, prefix, after, limit, mark);
        int notes = 0;
        while (notes < files.size()
                && !DeletedVersion.isNote(files.get(notes).name().value())) {
            notes++;
        }
        if (notes == files.size()) {
            return files;
        }
        List<FileRecord> comparable = new ArrayList<>(files.subList(0, notes));
        comparable.addAll(metadata.list(node, chain, prefix, DeletedVersion.BEHIND_NOTES, limit - notes, mark));
        return comparable;
    }

    private static Held held(FileRecord file, Map<UUID, String> chunks) {
        Body body = file.body().orElseThrow();
        return new Held(
                file.name().value(),
                String.format(
                        "version %s, %d bytes, CRC32C %08x, %s",
                        file.version(),
                        body.length(),
                        body.crc32c(),
                        body.contents().stream()
                                .map(content -> chunks.getOrDefault(content.id().value(), "no chunks"))
                                .collect(Collectors.joining(", "))));
    }

    /** Of each content how many chunks there are and what their lengths and checksums add up to. */
    private Map<UUID, String> chunks(NodeId node, List<FileRecord> files) {
        Map<UUID, String> chunks = new HashMap<>();
        List<UUID> contents = files.stream()
                .flatMap(file -> file.body().orElseThrow().contents().stream())
                .map(content -> content.id().value())
                .toList();
        Rows.inParts(contents, LogBatch.IDS_AT_ONCE, some -> em.createQuery(
                        "select c.chunkId, count(c.idx), sum(c.length), sum(c.crc32c) from ChunkRow c"
                                + " where c.nodeId = :node and c.chunkId in :contents group by c.chunkId",
                        Object[].class)
                .setParameter("node", node.value())
                .setParameter("contents", some)
                .getResultList()
                .forEach(row -> chunks.put((UUID) row[0], row[1] + " chunks of " + row[2] + " bytes, sum " + row[3])));
        return chunks;
    }
}
