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
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.FileName;

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
     * @param holding version, length, and checksums of content and chunks: the same text on every member that holds the
     *     same
     */
    public record Held(String name, String holding) {}

    /** Returns a page of users' files by name, after {@code after}, without the store's own files. */
    public List<Held> page(NodeId node, ChainId chain, String prefix, String after, int limit, Seq mark) {
        return held(
                node,
                without(
                        FileName::own,
                        metadata.list(node, chain, prefix, after, limit, mark),
                        missing -> metadata.list(node, chain, prefix, NamePrefix.last(FileName.OWN), missing, mark)));
    }

    /**
     * Returns a page of the store's own files, whose names are not public. Notes of deleted versions are left out, as
     * each member forgets them at its own time.
     */
    public List<Held> own(NodeId node, ChainId chain, String after, int limit, Seq mark) {
        return held(
                node,
                without(
                        name -> DeletedVersion.isNote(name.value()),
                        metadata.list(node, chain, FileName.OWN, after, limit, mark),
                        missing ->
                                metadata.list(node, chain, FileName.OWN, DeletedVersion.BEHIND_NOTES, missing, mark)));
    }

    /** Removes excluded names, which are adjacent, from a page, and fills the page up with names that follow them. */
    private static List<FileRecord> without(
            Predicate<FileName> excluded, List<FileRecord> page, IntFunction<List<FileRecord>> behind) {
        int kept = 0;
        while (kept < page.size() && !excluded.test(page.get(kept).name())) {
            kept++;
        }
        if (kept == page.size()) {
            return page;
        }
        List<FileRecord> others = new ArrayList<>(page.subList(0, kept));
        others.addAll(behind.apply(page.size() - kept));
        return others;
    }

    private List<Held> held(NodeId node, List<FileRecord> files) {
        Map<UUID, String> chunks = chunks(node, files);
        return files.stream().map(file -> held(file, chunks)).toList();
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

    /** Summarizes each content's chunks: their number and the sums of their lengths and checksums. */
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
