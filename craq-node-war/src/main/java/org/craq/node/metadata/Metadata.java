package org.craq.node.metadata;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.Found;
import org.craq.core.replica.LogBase;
import org.craq.core.replica.Restored;
import org.craq.node.store.ChunkLocation;
import org.craq.wire.CraqException;

/**
 * The node's metadata in the database. Each method is one short transaction; none is open while bytes stream. Methods
 * that write may be repeated when the outcome of their commit is unknown.
 */
@ApplicationScoped
@Transactional
public class Metadata {
    @PersistenceContext(unitName = "craq-node")
    EntityManager em;

    // ---- a member's life ----

    /** Returns the chains of which this node holds something. */
    public List<ChainId> chains(NodeId node) {
        return em
                .createQuery("select r.chainId from ReplicaRow r where r.nodeId = :node", String.class)
                .setParameter("node", node.value())
                .getResultList()
                .stream()
                .map(ChainId::new)
                .toList();
    }

    /** Makes this the only life whose batches can be committed; pending ones of a former life fail. */
    public void begin(ReplicaLife life) {
        ReplicaRow row = em.find(ReplicaRow.class, key(life.node(), life.chain()));
        if (row == null) {
            row = new ReplicaRow();
            row.nodeId = life.node().value();
            row.chainId = life.chain().value();
            row.incarnation = life.incarnation().value();
            em.persist(row);
        } else {
            row.incarnation = life.incarnation().value();
        }
    }

    /** Returns what a former life left; must be called after {@link #begin}. */
    public Restored restore(NodeId node, ChainId chain) {
        ReplicaRow row = em.find(ReplicaRow.class, key(node, chain));
        List<EpochTable.Start> epochs = em
                .createQuery(
                        "select e from EpochRow e where e.nodeId = :node and e.chainId = :chain order by e.epoch",
                        EpochRow.class)
                .setParameter("node", node.value())
                .setParameter("chain", chain.value())
                .getResultList()
                .stream()
                .map(epoch -> new EpochTable.Start(new Epoch(epoch.epoch), new Seq(epoch.firstSeq)))
                .toList();
        return new Restored(new Seq(row.lastSeq), epochs, committed(row), new Seq(row.forgottenMark));
    }

    /**
     * Returns up to where the log is known to be committed. The commit mark is written with a delay, whereas pruning
     * and forgetting may already have relied on a later one. Without those marks a life would show a version whose
     * content the former life had pruned.
     */
    private static Seq committed(ReplicaRow row) {
        long known = Math.max(row.commitMark, Math.max(row.retentionMark, row.forgottenMark));
        return new Seq(Math.min(known, row.lastSeq));
    }

    // ---- the log ----

    /**
     * Records a batch of entries that follow the log, in one transaction; entries that are recorded already are
     * skipped.
     *
     * @throws CraqException FENCED when another incarnation has begun; VERSION_PRUNED when a content that came with
     *     none of the batch is not recorded, or not any more
     */
    public void append(ReplicaLife life, List<StoredEntry> batch) {
        new LogBatch(em, life).append(batch);
    }

    /** Returns those of some contents whose chunks are recorded here. */
    public Set<ContentId> recorded(NodeId node, Set<ContentId> contents) {
        return LogBatch.recorded(em, node, contents);
    }

    /**
     * Returns true if versions are certainly here with their contents: retention has pruned none of them, and any
     * pruning that has yet to commit sees the present holders of the contents.
     *
     * @throws CraqException FENCED when another incarnation has begun
     */
    public boolean keeps(ReplicaLife life, List<FileRecord> files) {
        new ReplicaFence(em, life).hold();
        return files.stream().allMatch(file -> row(life.node(), life.chain(), file.name(), file.version())
                .filter(found -> !found.pruned)
                .isPresent());
    }

    /** Drops every entry above {@code keep}. */
    public void truncate(ReplicaLife life, Seq keep) {
        ReplicaFence fence = new ReplicaFence(em, life);
        ReplicaRow replica = fence.row();
        for (String entity : List.of("FileVersionRow", "ChunkRow")) {
            em.createQuery("delete from " + entity
                            + " r where r.nodeId = :node and r.chainId = :chain and r.seq > :keep")
                    .setParameter("node", life.node().value())
                    .setParameter("chain", life.chain().value())
                    .setParameter("keep", keep.value())
                    .executeUpdate();
        }
        em.createQuery("delete from EpochRow e where e.nodeId = :node and e.chainId = :chain and e.firstSeq > :keep")
                .setParameter("node", life.node().value())
                .setParameter("chain", life.chain().value())
                .setParameter("keep", Math.max(keep.value(), replica.forgottenMark))
                .executeUpdate();
        fence.moveLast(keep.value());
        em.createQuery("update ReplicaRow r set r.retentionMark = :keep where r.nodeId = :node and r.chainId = :chain"
                        + " and r.retentionMark > :keep")
                .setParameter("keep", keep.value())
                .setParameter("node", life.node().value())
                .setParameter("chain", life.chain().value())
                .executeUpdate();
    }

    /** Restarts an empty log as what other members have not forgotten. */
    public void rebase(ReplicaLife life, LogBase base) {
        ReplicaFence fence = new ReplicaFence(em, life);
        fence.row();
        em.createQuery("delete from EpochRow e where e.nodeId = :node and e.chainId = :chain")
                .setParameter("node", life.node().value())
                .setParameter("chain", life.chain().value())
                .executeUpdate();
        base.epochs().forEach(start -> em.persist(Rows.row(life.node(), life.chain(), start)));
        // These contents were forgotten here, but the member that sends the log may still have them.
        em.createNativeQuery("DELETE FROM content_left WHERE node_id = ?1 AND chain_id = ?2")
                .setParameter(1, life.node().value())
                .setParameter(2, life.chain().value())
                .executeUpdate();
        // Retention processes what is left of the log again, as deleted versions may arrive with their contents.
        em.createQuery("update ReplicaRow r set r.forgottenMark = :forgotten, r.forgottenDone = :forgotten,"
                        + " r.retentionMark = 0, r.commitMark = 0 where r.nodeId = :node and r.chainId = :chain")
                .setParameter("forgotten", base.forgotten().value())
                .setParameter("node", life.node().value())
                .setParameter("chain", life.chain().value())
                .executeUpdate();
        fence.moveLast(0);
    }

    /** Writes the commit mark and the chunks' state, both of which lag behind. */
    public void markClean(ReplicaLife life, Seq mark) {
        ReplicaFence fence = new ReplicaFence(em, life);
        ReplicaRow replica = fence.row();
        long upTo = Math.min(mark.value(), replica.lastSeq);
        em.createQuery("update ChunkRow c set c.state = :clean where c.nodeId = :node and c.chainId = :chain"
                        + " and c.seq > :from and c.seq <= :upTo")
                .setParameter("clean", ChunkRow.CLEAN)
                .setParameter("node", life.node().value())
                .setParameter("chain", life.chain().value())
                .setParameter("from", replica.commitMark)
                .setParameter("upTo", upTo)
                .executeUpdate();
        // Last, so that the row is locked only briefly: the next batch waits for it.
        fence.moveCommit(upTo);
    }

    /** All entries that are left between the requested start and {@code through}. */
    public record LogPage(List<Entry> entries, Seq through) {
        public LogPage {
            entries = List.copyOf(entries);
        }
    }

    /** Returns the first entries of a range of the log, with about {@code limit} operations. */
    public LogPage entries(NodeId node, ChainId chain, Seq from, Seq upTo, int limit) {
        List<FileVersionRow> rows = em.createQuery(
                        "select v from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
                                + " and v.seq >= :from and v.seq <= :upTo order by v.seq, v.fileName",
                        FileVersionRow.class)
                .setParameter("node", node.value())
                .setParameter("chain", chain.value())
                .setParameter("from", from.value())
                .setParameter("upTo", upTo.value())
                .setMaxResults(limit)
                .getResultList();
        if (rows.size() < limit) {
            return new LogPage(Rows.entries(rows), upTo);
        }
        long last = rows.get(limit - 1).seq;
        if (last == rows.get(0).seq) {
            // One entry has at least that many operations: it is read whole.
            return new LogPage(
                    entries(node, chain, new Seq(last), new Seq(last), Integer.MAX_VALUE)
                            .entries(),
                    new Seq(last));
        }
        // The last entry may be incomplete, so it is left out.
        List<FileVersionRow> whole = rows.stream().filter(row -> row.seq < last).toList();
        return new LogPage(Rows.entries(whole), new Seq(last - 1));
    }

    private static ReplicaRow.Key key(NodeId node, ChainId chain) {
        ReplicaRow.Key key = new ReplicaRow.Key();
        key.nodeId = node.value();
        key.chainId = chain.value();
        return key;
    }

    // ---- lookups for writes and reads ----

    /** Returns what is known of each write: its former result, and the newest version of each of its files. */
    public List<Found> find(NodeId node, ChainId chain, List<Effect.LookUp> writes) {
        return new WriteLooks(em, node, chain).find(writes);
    }

    /**
     * Returns the newest version of a file up to a mark. It may be a tombstone, or have been pruned because enough
     * newer ones have followed.
     */
    public Optional<FileRecord> newest(NodeId node, ChainId chain, FileName name, Seq mark) {
        return ofFile(FileVersionRow.class, "v", node, chain, name, mark.value(), 1)
                .findFirst()
                .map(Rows::record);
    }

    /**
     * Returns versions and tombstones of a file up to a mark and before a version, newest first, including pruned and
     * deleted ones.
     */
    public List<FileRecord> versions(
            NodeId node, ChainId chain, FileName name, Optional<Version> before, int limit, Seq mark) {
        long upTo = Math.min(
                mark.value(), before.map(version -> version.seq().value() - 1).orElse(Long.MAX_VALUE));
        List<Version> asked = ofFile(Object[].class, "v.epoch, v.seq", node, chain, name, upTo, limit)
                .map(row -> new Version(new Epoch((Long) row[0]), new Seq((Long) row[1])))
                .toList();
        Set<Version> deleted = deleted(node, chain, name, asked, mark);
        return ofFile(FileVersionRow.class, "v", node, chain, name, upTo, limit)
                .map(Rows::record)
                .map(file -> deleted.contains(file.version()) ? file.givenUp() : file)
                .toList();
    }

    private <T> Stream<T> ofFile(
            Class<T> type, String columns, NodeId node, ChainId chain, FileName name, long upTo, int limit) {
        return em
                .createQuery(
                        "select " + columns + " from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
                                + " and v.fileName = :name and v.seq <= :mark order by v.seq desc",
                        type)
                .setParameter("node", node.value())
                .setParameter("chain", chain.value())
                .setParameter("name", name.value())
                .setParameter("mark", upTo)
                .setMaxResults(limit)
                .getResultList()
                .stream();
    }

    /**
     * Returns those of some versions that were deleted at or below a mark; retention may not have processed them yet.
     * Must be called before their rows are read, as a note goes together with its version's row.
     */
    private Set<Version> deleted(NodeId node, ChainId chain, FileName name, List<Version> versions, Seq mark) {
        Map<String, Version> notes = new HashMap<>();
        versions.forEach(
                version -> notes.put(new DeletedVersion(name, version).note().value(), version));
        if (notes.isEmpty()) {
            return Set.of();
        }
        return em
                .createQuery(
                        "select distinct v.fileName from FileVersionRow v where v.nodeId = :node and v.chainId = :chain"
                                + " and v.fileName in :names and v.seq <= :mark",
                        String.class)
                .setParameter("node", node.value())
                .setParameter("chain", chain.value())
                .setParameter("names", Rows.padded(List.copyOf(notes.keySet())))
                .setParameter("mark", mark.value())
                .getResultList()
                .stream()
                .map(notes::get)
                .collect(Collectors.toSet());
    }

    /** Returns whether the content of an entry has been pruned; empty when the log holds no such entry. */
    public Optional<Boolean> pruned(NodeId node, ChainId chain, Seq seq, ContentId content) {
        return em
                .createQuery(
                        "select v from FileVersionRow v where v.nodeId = :node and v.chainId = :chain and v.seq = :seq",
                        FileVersionRow.class)
                .setParameter("node", node.value())
                .setParameter("chain", chain.value())
                .setParameter("seq", seq.value())
                .getResultList()
                .stream()
                .filter(row -> Rows.contents(row).contains(content.value()))
                .map(row -> row.pruned)
                .findFirst();
    }

    /** Returns a version of a file, or its tombstone, as a reader at a mark sees it. */
    public Optional<FileRecord> version(NodeId node, ChainId chain, FileName name, Version version, Seq mark) {
        boolean deleted = !deleted(node, chain, name, List.of(version), mark).isEmpty();
        return row(node, chain, name, version)
                .filter(row -> row.seq <= mark.value())
                .map(Rows::record)
                .map(file -> deleted ? file.givenUp() : file);
    }

    private Optional<FileVersionRow> row(NodeId node, ChainId chain, FileName name, Version version) {
        FileVersionRow.Key key = new FileVersionRow.Key();
        key.nodeId = node.value();
        key.chainId = chain.value();
        key.seq = version.seq().value();
        key.fileName = name.value();
        return Optional.ofNullable(em.find(FileVersionRow.class, key))
                .filter(row -> row.epoch == version.epoch().value());
    }

    /** Returns files whose newest version up to a mark is no tombstone, by name, after {@code after}. */
    public List<FileRecord> list(NodeId node, ChainId chain, String prefix, String after, int limit, Seq mark) {
        return new ListLook(em, node, chain, mark).list(prefix, after, limit);
    }

    /** Returns the locations of some of a content's chunks, by index. */
    public List<ChunkLocation> chunks(NodeId node, ContentId content, int first, int count) {
        return new ArrayList<>(em
                .createQuery(
                        "select c from ChunkRow c where c.nodeId = :node and c.chunkId = :content"
                                + " and c.idx >= :first and c.idx < :end order by c.idx",
                        ChunkRow.class)
                .setParameter("node", node.value())
                .setParameter("content", content.value())
                .setParameter("first", first)
                .setParameter("end", Math.min((long) first + count, Integer.MAX_VALUE))
                .getResultList()
                .stream()
                .map(Rows::location)
                .toList());
    }
}
